"""A Socket.IO client: one connection after the other, on which it asks for its rooms and publishes.

As Socket.IO's documentation advises, the application asks for its rooms again after each connection, fetches then what
it may have missed, and sends what nobody has acknowledged once more.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import msgspec
import socketio
from socketio.exceptions import SocketIOError

from syncproof_agentkit.client import Observe
from syncproof_agentkit.errors import AgentError
from syncproof_agentkit.first_to_end import first_to_end
from syncproof_agentkit.retries import Retries
from syncproof_agentkit.workloads.channels.client import COUNT_S, ChannelClient, ChannelState, ChannelStore
from syncproof_products.socketio.agent.config import Config
from syncproof_products.socketio.agent.rooms import Changed, Rooms

_CONNECT, _PUSH, _SUBSCRIBE = "connect", "push", "group"
#: How a connection can fail. (TimeoutError is an OSError.)
_FAILURES = (SocketIOError, aiohttp.ClientError, OSError)
#: For the end of a connection, seconds.
_CLOSE_S = 1.0


@dataclass(frozen=True)
class Outgoing:
    """An event that is to be published, as JSON, in its channel's room. id: the same however often it is sent."""

    id: str
    channel: str
    body: str


class _Body(msgspec.Struct, frozen=True):
    """What the applications of these clients put into their events: who has sent which operation."""

    op_id: str = ""
    payload: dict[str, object] = {}


class Device(ChannelClient):
    """`run` is its life; everything else tells it what is wanted."""

    def __init__(self, config: Config, observe: Observe) -> None:
        """Open the store. Raises StoreError."""
        super().__init__(config.device, ChannelStore(Path(config.directory)), observe)
        self._settings = config.settings
        self.retries = Retries(config.settings, random.Random(config.seed), observe)
        self._rooms = Rooms(self.store.channels())
        self._outbox: deque[Outgoing] = deque()
        self._something = asyncio.Event()
        #: The connection, while there is one.
        self._sio: socketio.AsyncClient | None = None
        self._was_connected = False

    # -- what is wanted

    def subscribe(self, channel: str) -> None:
        """Follow a channel, also over a restart."""
        if self._rooms.follow(channel):
            self._observe("channel_subscription", {"channel": channel, "state": "asked"})
        self.store.follow(channel)
        self._something.set()

    def unsubscribe(self, channel: str) -> None:
        """Follow it no more."""
        self._observe("channel_subscription", {"channel": channel, "state": "leaving"})
        self.store.leave(channel)
        self._tell_channels(self._rooms.leave(channel))
        self._something.set()

    def follows(self, channel: str) -> bool:
        """Whether it wants to."""
        return channel in self._rooms.wanted

    def publish(self, op_id: str, channel: str, body: str) -> None:
        """Publish an event behind the others; what is not published ends with the process."""
        self._outbox.append(Outgoing(op_id, channel, body))
        self._something.set()

    async def count(self, channel: str) -> int:
        """How many subscribers its server instance counts. Raises AgentError."""
        try:
            if self._sio is None:
                raise AgentError(503, "offline", "Its server does not count: there is no connection.", "no")
            return int(await self._sio.call("count", channel, timeout=COUNT_S))
        except SocketIOError as wrong:
            reason = str(wrong) or type(wrong).__name__
            raise AgentError(503, "offline", f"Its server does not count: {reason}", "no") from None

    # -- its life

    def joined(self) -> list[str]:
        """The channels that a server has confirmed."""
        return [channel for channel, confirmed in self._rooms.wanted.items() if confirmed]

    def pending(self) -> dict[str, int]:
        """What is still to do, by kind."""
        nothing = dict.fromkeys(("uploads", "downloads", "held", "markers"), 0)
        unconfirmed = self._rooms.unconfirmed if self.connection != "offline" else 0
        return {**nothing, "outbox": len(self._outbox), "retries": len(self.retries) + unconfirmed}

    @property
    def breaker_state(self) -> str:
        """It has none."""
        return "closed"

    @property
    def retries_scheduled(self) -> int:
        """How many, in all."""
        return self.retries.scheduled

    def _rest(self) -> None:
        self.retries.succeeded(_CONNECT)

    async def _hang_up(self) -> None:
        self._was_connected = False
        self._tell("disconnected", "asked for")

    async def _online(self) -> None:
        self._tell("connecting", "")
        while True:
            try:
                await self._connection()
                reason = "the connection has ended"
            except _FAILURES as wrong:
                reason = str(wrong) or type(wrong).__name__
            self._tell("reconnecting" if self._was_connected else "connecting", reason)
            await self.retries.back_off(_CONNECT, reason)

    async def _connection(self) -> None:
        """One connection, until it has ended. Raises what it failed with.

        The library's own reconnection is off: it gives a handshake no time limit.
        """
        within_s = self._settings.idle_timeout_s
        ended = asyncio.Event()
        # Whatever state the library's client is left in: with its session its sockets end.
        async with _session() as session:
            sio = socketio.AsyncClient(reconnection=False, http_session=session, handle_sigint=False)
            sio.on("event", self._happened)
            sio.on("disconnect", lambda _reason: ended.set())
            try:
                await _connect(sio, f"http://{self.address}", within_s)
                self._is_connected(sio)
                await first_to_end(self._follow(sio), self._publish(sio), ended.wait())
            finally:
                self._sio = None
                self._tell_channels(self._rooms.lost())
                for what in (_SUBSCRIBE, _PUSH):
                    self.retries.succeeded(what)

    def _is_connected(self, sio: socketio.AsyncClient) -> None:
        self._sio, self._was_connected = sio, True
        self.reconnects += 1
        self.retries.succeeded(_CONNECT)
        self._observe("attempt", {"what": _CONNECT, "outcome": "ok", "reason": ""})
        self._tell("connected", "")

    async def _follow(self, sio: socketio.AsyncClient) -> None:
        """Be in the rooms that are wanted."""
        while True:
            await self._until(lambda: self._rooms.unconfirmed > 0)
            asked = self._rooms.next_request()
            assert asked is not None, "something is not confirmed"
            try:
                await sio.call(asked.what, asked.channel, timeout=self._settings.idle_timeout_s)
            except SocketIOError as wrong:
                await self.retries.back_off(_SUBSCRIBE, str(wrong) or type(wrong).__name__)
                continue
            self.retries.succeeded(_SUBSCRIBE)
            self._tell_channels(self._rooms.answered())
            self._tell("connected", "")

    async def _publish(self, sio: socketio.AsyncClient) -> None:
        """Publish one event after the other, each until the server has acknowledged it."""
        while True:
            await self._until(lambda: bool(self._outbox))
            event, began = self._outbox[0], time.monotonic_ns()
            message = {"id": event.id, "channel": event.channel, "body": event.body}
            reason = "the connection has ended"
            try:
                await sio.call("publish", message, timeout=self._settings.idle_timeout_s)
                reason = ""
            except SocketIOError as wrong:
                reason = str(wrong) or type(wrong).__name__
            finally:
                # Socket.IO has no statuses: 200 stands for its acknowledgement.
                told: dict[str, object] = {
                    "op_id": event.id,
                    "status": 0 if reason else 200,
                    "began_ns": began,
                    "reason": reason,
                }
                self._observe("channel_publish", told)
            if reason:
                await self.retries.back_off(_PUSH, reason)
                continue
            self._outbox.popleft()
            self.retries.succeeded(_PUSH)
            self._observe("attempt", {"what": _PUSH, "outcome": "ok", "reason": ""})
            self._observe("ack", {"op_id": event.id, "server_order": None})

    async def _until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            self._something.clear()
            await self._something.wait()

    # -- what the application is told

    def _happened(self, event: dict[str, str]) -> None:
        channel, content = event["channel"], event["body"].encode()
        if not self.follows(channel):  # it left while this was on its way
            return
        try:
            said = msgspec.json.decode(content, type=_Body)
        except msgspec.DecodeError:  # of somebody else
            said = _Body()
        delivery = self._delivery(
            channel, event["id"], said.op_id, str(said.payload.get("from", "")), content
        )
        self._tell_delivered(delivery, new=self.store.append(delivery))

    def _tell_channels(self, changes: Sequence[Changed]) -> None:
        for change in changes:
            if change.state == "rejoined":
                self._observe("channel_refetch", {"channels": [change.channel]})
            joined = change.state in ("joined", "rejoined")
            self._tell_subscription(change.channel, "confirmed" if joined else change.state)

    def _tell(self, state: ChannelState, reason: str) -> None:
        self._tell_state(state, self._rooms.unconfirmed, reason)


async def _connect(sio: socketio.AsyncClient, address: str, within_s: float) -> None:
    """Connect. Raises SocketIOError and TimeoutError."""
    try:
        async with asyncio.timeout(within_s):
            await sio.connect(address, transports=["websocket"], wait_timeout=within_s)
    except TimeoutError:
        raise
    except Exception as wrong:
        raise SocketIOError(str(wrong) or type(wrong).__name__) from wrong
    if sio.eio.state != "connected":  # a connection that ends just now is told to no handler
        raise SocketIOError("the connection has ended")


@contextlib.asynccontextmanager
async def _session() -> AsyncIterator[aiohttp.ClientSession]:
    """A session whose end does not wait for a peer that takes nothing."""
    session = aiohttp.ClientSession()
    try:
        yield session
    finally:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_S):
                await session.close()

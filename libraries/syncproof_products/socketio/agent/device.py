"""A Socket.IO client: the library connects again by itself; rooms and what is unanswered are the application's.

As Socket.IO's documentation advises, the application asks for its rooms again after each connection, fetches then what
it may have missed, and sends what nobody has acknowledged once more.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import socketio
from socketio.exceptions import SocketIOError

from syncproof_agentkit.client import Client, Observe
from syncproof_agentkit.retries import Retries
from syncproof_products.socketio.agent.config import Config
from syncproof_products.socketio.agent.store import Delivery, Store

_CONNECT, _PUSH, _SUBSCRIBE = "connect", "push", "group"


@dataclass(frozen=True)
class Outgoing:
    """An event that is to be published: as JSON, in the channel's room."""

    op_id: str
    channel: str
    body: str


class _Body(msgspec.Struct, frozen=True):
    op_id: str = ""
    payload: dict[str, object] = {}


class Device(Client):
    """`run` is its life; everything else tells it what is wanted."""

    def __init__(self, config: Config, observe: Observe) -> None:
        """Open the store. Raises StoreError."""
        self.store = Store(Path(config.directory))
        super().__init__(config.device, self.store, observe)
        self._settings = config.settings
        self.retries = Retries(config.settings, random.Random(config.seed), observe)
        self.reconnects = self.duplicates = 0
        self._outbox: deque[Outgoing] = deque()
        self._wanted_channels = set(self.store.channels())
        #: In whose rooms its connection is, and which it has been in: what happened there meanwhile it has missed.
        self._confirmed: set[str] = set()
        self._known: set[str] = set(self._wanted_channels)
        self._leaving: set[str] = set()
        self._something = asyncio.Event()
        self._sio: socketio.AsyncClient | None = None
        self._state = "disconnected"

    # -- what is wanted

    def subscribe(self, channel: str) -> None:
        """Follow a channel, also over a restart."""
        if channel not in self._wanted_channels:
            self._observe("channel_subscription", {"channel": channel, "state": "asked"})
        self.store.follow(channel)
        self._wanted_channels.add(channel)
        self._leaving.discard(channel)
        self._something.set()

    def unsubscribe(self, channel: str) -> None:
        """Follow it no more."""
        self._observe("channel_subscription", {"channel": channel, "state": "leaving"})
        self.store.leave(channel)
        self._wanted_channels.discard(channel)
        self._known.discard(channel)
        if channel in self._confirmed:
            self._confirmed.discard(channel)
            self._leaving.add(channel)
        else:
            self._observe("channel_subscription", {"channel": channel, "state": "left"})
        self._something.set()

    def submit(self, event: Outgoing) -> None:
        """Publish it behind the others; what is not published ends with the process."""
        self._outbox.append(event)
        self._something.set()

    async def count(self, channel: str) -> int | None:
        """How many subscribers its server counts; None without a connection, or where it does not answer."""
        if self._sio is None:
            return None
        try:
            return int(await self._sio.call("count", channel, timeout=self._settings.idle_timeout_s))
        except SocketIOError:
            return None

    def follows(self, channel: str) -> bool:
        """Whether it wants to."""
        return channel in self._wanted_channels

    # -- its life

    def joined(self) -> list[str]:
        """The channels that a server has confirmed."""
        return sorted(self._known)

    def pending(self) -> dict[str, int]:
        """What is still to do, by kind."""
        nothing = dict.fromkeys(("uploads", "downloads", "held", "markers"), 0)
        return {**nothing, "outbox": len(self._outbox), "retries": len(self.retries) + self._unconfirmed}

    @property
    def breaker_state(self) -> str:
        """It has none."""
        return "closed"

    @property
    def _unconfirmed(self) -> int:
        if self.connection == "offline":
            return 0
        return len(self._wanted_channels - self._confirmed) + len(self._leaving)

    def _rest(self) -> None:
        self._tell_state("disconnected", "asked for")

    async def _online(self) -> None:
        """Connect, and keep rooms and outbox in step with what is wanted."""
        self._sio = self._client()
        self._tell_state("connecting", "")
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._connect(self._sio))
            parts.create_task(self._follow(self._sio))
            parts.create_task(self._publish(self._sio))

    async def _hang_up(self) -> None:
        sio, self._sio = self._sio, None
        if sio is not None:
            await sio.shutdown()
            self._lost()
        self._tell_state("disconnected", "asked for")

    def _client(self) -> socketio.AsyncClient:
        settings = self._settings
        sio = socketio.AsyncClient(
            reconnection_delay=settings.retry_base_s,
            reconnection_delay_max=settings.retry_max_s,
            randomization_factor=settings.retry_base_s * settings.retry_jitter,
            request_timeout=settings.idle_timeout_s,
            handle_sigint=False,
        )
        sio.on("connect", self._is_connected)
        sio.on("disconnect", self._is_disconnected)
        sio.on("connect_error", self._could_not_connect)
        sio.on("event", self._happened)
        return sio

    async def _connect(self, sio: socketio.AsyncClient) -> None:
        """The first time; afterwards the library does it."""
        while True:
            try:
                await sio.connect(
                    f"http://{self.address}",
                    transports=["websocket"],
                    wait_timeout=self._settings.idle_timeout_s,
                )
            except SocketIOError as wrong:
                await self.retries.back_off(_CONNECT, str(wrong))
            else:
                self.retries.succeeded(_CONNECT)
                return

    async def _follow(self, sio: socketio.AsyncClient) -> None:
        while True:
            await self._until(lambda: self._state == "connected" and self._unconfirmed > 0)
            for channel in sorted(self._wanted_channels - self._confirmed):
                await self._ask(sio, "subscribe", channel, self._subscribed)
            for channel in sorted(self._leaving):
                await self._ask(sio, "unsubscribe", channel, self._left)

    async def _ask(
        self, sio: socketio.AsyncClient, what: str, channel: str, answered: Callable[[str], None]
    ) -> None:
        connection = sio.sid
        try:
            await sio.call(what, channel, timeout=self._settings.idle_timeout_s)
        except SocketIOError as wrong:
            await self.retries.back_off(_SUBSCRIBE, str(wrong) or type(wrong).__name__)
            return
        self.retries.succeeded(_SUBSCRIBE)
        if sio.sid == connection:
            answered(channel)

    async def _publish(self, sio: socketio.AsyncClient) -> None:
        while True:
            await self._until(lambda: self._state == "connected" and bool(self._outbox))
            event, began = self._outbox[0], time.monotonic_ns()
            told = {"op_id": event.op_id, "began_ns": began}
            try:
                await sio.call(
                    "publish",
                    {"channel": event.channel, "body": event.body},
                    timeout=self._settings.idle_timeout_s,
                )
            except SocketIOError as wrong:
                reason = str(wrong) or type(wrong).__name__
                self._observe("channel_publish", {**told, "status": 0, "reason": reason})
                await self.retries.back_off(_PUSH, reason)
                continue
            self._outbox.popleft()
            self.retries.succeeded(_PUSH)
            self._observe("channel_publish", {**told, "status": 200, "reason": ""})
            self._observe("attempt", {"what": _PUSH, "outcome": "ok", "reason": ""})
            self._observe("ack", {"op_id": event.op_id, "server_order": None})

    async def _until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            self._something.clear()
            await self._something.wait()

    # -- what the library tells

    def _is_connected(self) -> None:
        self.reconnects += 1
        self._observe("attempt", {"what": _CONNECT, "outcome": "ok", "reason": ""})
        self._tell_state("connected", "")
        self._something.set()

    def _is_disconnected(self, reason: str) -> None:
        if self._sio is None:  # as it was wanted
            return
        self._lost()
        self._tell_state("reconnecting", reason)

    def _could_not_connect(self, reason: object) -> None:
        if self._state == "reconnecting":
            self._observe("attempt", {"what": _CONNECT, "outcome": "failed", "reason": str(reason)})

    def _happened(self, event: dict[str, str]) -> None:
        channel, body = event["channel"], event["body"].encode()
        if channel not in self._wanted_channels:  # it left while this was on its way
            return
        said = msgspec.json.decode(body, type=_Body)
        delivery = Delivery(
            self.store.count() + 1,
            time.monotonic_ns(),
            channel,
            said.op_id,
            str(said.payload.get("from", "")),
            hashlib.sha256(body).hexdigest(),
            len(body),
        )
        if self.store.deliver(delivery):
            self._observe("deliver", {"n": delivery.n})
        else:
            self.duplicates += 1

    # -- what the application is told

    def _subscribed(self, channel: str) -> None:
        if channel not in self._wanted_channels:
            return
        if channel in self._known:
            self._observe("channel_refetch", {"channels": [channel]})
        else:
            self._observe("group", {"group": channel, "state": "joined"})
        self._known.add(channel)
        self._confirmed.add(channel)
        self._observe("channel_subscription", {"channel": channel, "state": "confirmed"})
        self._tell_state(self._state, "")

    def _left(self, channel: str) -> None:
        self._leaving.discard(channel)
        self._observe("channel_subscription", {"channel": channel, "state": "left"})
        self._tell_state(self._state, "")

    def _lost(self) -> None:
        for channel in sorted(self._confirmed):
            self._observe("channel_subscription", {"channel": channel, "state": "lost"})
        for channel in sorted(self._leaving):
            self._observe("channel_subscription", {"channel": channel, "state": "left"})
        self._confirmed.clear()
        self._leaving.clear()

    def _tell_state(self, state: str, reason: str) -> None:
        """How it is connected, in the words of this client and in those of the agent protocol."""
        if state != self._state:
            self._state = state
            self._observe("channel_state", {"state": state, "reason": reason})
        if state == "connected":
            self._show("catching_up" if self._unconfirmed else "live", reason)
        elif state != "disconnected":
            self._show("connecting", reason)

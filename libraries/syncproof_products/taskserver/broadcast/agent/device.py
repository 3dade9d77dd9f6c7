"""A client of the broadcast: one WebSocket after the other, on which it does what its pure part says."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from syncproof_agentkit.client import Observe
from syncproof_agentkit.errors import AgentError, invalid
from syncproof_agentkit.first_to_end import first_to_end
from syncproof_agentkit.retries import Retries
from syncproof_agentkit.workloads.channels.client import COUNT_S, ChannelClient
from syncproof_products.taskserver.broadcast.agent.config import Config
from syncproof_products.taskserver.broadcast.agent.publishing import Outgoing, Publisher
from syncproof_products.taskserver.broadcast.agent.store import Store
from syncproof_products.taskserver.broadcast.client import (
    BroadcastClient,
    Changed,
    Effect,
    Happened,
    MustRefetch,
    Say,
)
from syncproof_products.taskserver.broadcast.messages import Event

_CONNECT = "connect"
#: As JSON whose keys are in order: what one has sent and what another has got can be compared.
_canonical = msgspec.json.Encoder(order="sorted").encode


class _Payload(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """What the applications of these clients put into their events: who has sent which operation."""

    op_id: str = ""
    sender: str = ""


class _Body(msgspec.Struct, frozen=True):
    event: str
    payload: msgspec.Raw


class _Counted(msgspec.Struct, frozen=True):
    channel: str
    subscribers: int


class Device(ChannelClient):
    """`run` is its life; everything else tells it what is wanted."""

    store: Store

    def __init__(self, config: Config, observe: Observe) -> None:
        """Open the store. Raises StoreError."""
        super().__init__(config.device, Store(Path(config.directory)), observe)
        self._settings, self._rng = config.settings, random.Random(config.seed)
        self.client = BroadcastClient(self.store.channels(), self.store.position)
        self.publisher = Publisher(config.device, config.settings, self._rng, observe)
        self.retries = Retries(config.settings, self._rng, observe)
        self._saying: list[str] = []
        self._something = asyncio.Event()

    # -- what is wanted

    def subscribe(self, channel: str) -> None:
        """Follow a channel, also over a restart."""
        if channel not in self.client.channels:
            self._observe("channel_subscription", {"channel": channel, "state": "asked"})
        self.store.follow(channel)
        self._do(self.client.subscribe(channel))

    def unsubscribe(self, channel: str) -> None:
        """Follow it no more."""
        self._observe("channel_subscription", {"channel": channel, "state": "leaving"})
        self.store.leave(channel)
        self._do(self.client.unsubscribe(channel))

    def follows(self, channel: str) -> bool:
        """Whether it wants to."""
        return channel in self.client.channels

    def publish(self, op_id: str, channel: str, body: str) -> None:
        """Publish an event, behind the others. Raises AgentError."""
        try:
            said = msgspec.json.decode(body, type=_Body)
        except msgspec.DecodeError as wrong:
            raise invalid(f"Field `body` must carry `event` and `payload`: {wrong}") from None
        self.publisher.submit(Outgoing(op_id, channel, said.event, said.payload))

    async def count(self, channel: str) -> int:
        """How many subscribers its server instance counts. Raises AgentError."""
        try:
            # Plain HTTP: no certificates have to be read.
            async with asyncio.timeout(COUNT_S), httpx.AsyncClient(trust_env=False, verify=False) as http:
                answer = await http.get(f"http://{self.address}/broadcast/channels/{quote(channel)}")
                return msgspec.json.decode(answer.content, type=_Counted).subscribers
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, msgspec.DecodeError) as wrong:
            raise AgentError(
                503, "offline", f"Its server does not count: {wrong or type(wrong).__name__}", "no"
            ) from None

    @property
    def retries_scheduled(self) -> int:
        """How many, in all."""
        return self.retries.scheduled + self.publisher.retries.scheduled

    # -- its life

    def joined(self) -> list[str]:
        """The channels that a server has confirmed."""
        return [channel for channel, confirmed in self.client.channels.items() if confirmed]

    def pending(self) -> dict[str, int]:
        """What is still to do, by kind."""
        nothing = dict.fromkeys(("uploads", "downloads", "held", "markers"), 0)
        retries = len(self.retries) + len(self.publisher.retries)
        unconfirmed = self.client.unconfirmed if self.connection != "offline" else 0
        return {**nothing, "outbox": len(self.publisher), "retries": retries + unconfirmed}

    @property
    def breaker_state(self) -> str:
        """It has none: the server has."""
        return "closed"

    def _rest(self) -> None:
        self.retries.succeeded(_CONNECT)
        self._tell("asked for")

    async def _online(self) -> None:
        """Follow and publish, side by side."""
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._follow())
            parts.create_task(self.publisher.run(self.address))

    async def _hang_up(self) -> None:
        self._do(self.client.disconnected())
        self._tell("asked for")

    async def _follow(self) -> None:
        while True:
            self.client.dialling()
            self._tell("")
            try:
                await self._connection()
                reason = "the server has closed the connection"
            except (WebSocketException, OSError, TimeoutError, msgspec.DecodeError) as wrong:
                reason = str(wrong) or type(wrong).__name__
            self._do(self.client.lost())
            self._tell(reason)
            await self._back_off(reason)

    async def _connection(self) -> None:
        """One connection, until it has ended. Raises what it ended with."""
        settings = self._settings
        async with connect(
            f"ws://{self.address}/ws/broadcast",
            open_timeout=settings.idle_timeout_s,
            ping_interval=settings.heartbeat_s,
            ping_timeout=settings.idle_timeout_s,
            close_timeout=1.0,
            compression=None,
            proxy=None,
            max_size=1 << 20,
        ) as socket:
            self.reconnects += 1
            self._observe("attempt", {"what": _CONNECT, "outcome": "ok", "reason": ""})
            self.retries.succeeded(_CONNECT)
            self._saying.clear()
            self._do(self.client.connected())
            self._tell("")
            await first_to_end(self._receive(socket), self._say(socket))

    async def _receive(self, socket: ClientConnection) -> None:
        async for text in socket:
            self._do(self.client.received(text))
            self._tell("")

    async def _say(self, socket: ClientConnection) -> None:
        while True:
            while self._saying:
                await socket.send(self._saying.pop(0))
            self._something.clear()
            await self._something.wait()

    async def _back_off(self, reason: str) -> None:
        what = "pull" if self.client.state == "reconnecting" else _CONNECT
        self.retries.tell_failed(what, reason)
        await self.retries.put_off(_CONNECT, reason)

    # -- what its pure part says

    def _do(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            match effect:
                case Say(text):
                    self._saying.append(text)
                    self._something.set()
                case Happened(event):
                    self._deliver(event)
                case MustRefetch(channels):
                    self._observe("channel_refetch", {"channels": channels})
                case Changed(channel, state):
                    self._tell_subscription(channel, state)
        # Behind what the application was told: who dies in between is told again.
        if self.client.position != self.store.position:
            self.store.put_position(self.client.position)

    def _deliver(self, event: Event) -> None:
        payload = msgspec.json.decode(event.payload)
        try:
            said = msgspec.convert(payload, _Payload)
        except msgspec.ValidationError:  # of somebody else
            said = _Payload()
        content = _canonical({"event": event.event, "op_id": said.op_id, "payload": payload})
        delivery = self._delivery(event.channel, event.id, said.op_id, said.sender, content)
        self._tell_delivered(delivery, new=self.store.deliver(delivery, self.client.position))

    def _tell(self, reason: str) -> None:
        self._tell_state(self.client.state, self.client.unconfirmed, reason)

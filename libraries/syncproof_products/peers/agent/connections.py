"""Connections to other peers: those that this one dials, and those that are dialled by others."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import random
import secrets
import ssl
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from syncproof_agentkit.client import Observe
from syncproof_agentkit.first_to_end import first_to_end
from syncproof_agentkit.retries import Retries
from syncproof_agentkit.server import HttpServer
from syncproof_products.peers.agent.config import Config
from syncproof_products.peers.agent.identity import SERVER_NAME, Identity, read
from syncproof_products.peers.agent.own_key import LOOK_S
from syncproof_products.peers.agent.pace import Pace
from syncproof_products.peers.agent.packing import Unpackable, unpacked
from syncproof_products.peers.agent.padding import Unpadded, bare, length, padded
from syncproof_products.peers.agent.pins import Pin
from syncproof_products.peers.agent.port import Http, Port, certificate_of
from syncproof_products.peers.agent.pulse import Accepted, Dialled, Pulse
from syncproof_products.peers.agent.store import Store
from syncproof_products.peers.core.bounds import MOST_BLOCK, MOST_MESSAGE
from syncproof_products.peers.core.messages import PROTOCOL, Block, Hello, Here, Message, decode, encode
from syncproof_products.peers.core.overlay import anchors, neighbours
from syncproof_products.peers.core.watching import Oddity

#: Blocks that wait for one peer, which must take some before it may ask for more.
_BLOCKS = 64
_MOST_FRAME = length(MOST_MESSAGE)
#: Before a connection is open: one for TLS, one for the WebSocket.
_ROUND_TRIPS = 2
_log = logging.getLogger(__name__)


class Lost(Exception):
    """A connection cannot go on; the message says why."""


class Listener(Protocol):
    """Who is told of peers and of what they say."""

    @property
    def name(self) -> str:
        """Of this peer."""

    @property
    def shared(self) -> str:
        """The name of what is shared; "" for nothing yet."""

    @property
    def read_only(self) -> bool:
        """Whether it says nothing to others, and hears nothing of them."""

    def connected(self, peer: str) -> None:
        """A peer has greeted."""

    def disconnected(self, peer: str) -> None:
        """A connection has ended."""

    def received(self, peer: str, message: Message, size: int) -> bool:
        """A message of a peer that has greeted. size: its bytes. Answers whether it was asked for. Raises Lost."""

    def noticed(self, peer: str, what: Oddity) -> None:
        """A peer has done that; "": nobody knows who."""


class _Talk:
    """One connection. send, receive, close, pulse: of its transport. certificate: that of the other side.

    It has two lanes: whatever is no block goes before all blocks that wait. That the sender is there goes behind them.
    """

    def __init__(
        self,
        send: Callable[[bytes], Awaitable[object]],
        receive: Callable[[], Awaitable[bytes]],
        close: Callable[[], Awaitable[object]],
        certificate: bytes | None,
        pulse: Pulse,
    ) -> None:
        self.send, self.receive, self.close, self.certificate = send, receive, close, certificate
        self.pulse = pulse
        self._is_sending = False
        self._taken = Pulse(lambda: not self._is_sending)
        self._waiting: asyncio.PriorityQueue[tuple[bool, int, bytes]] = asyncio.PriorityQueue()
        self._numbers = itertools.count()
        self._blocks = 0
        #: Whether few blocks wait.
        self.has_room = asyncio.Event()
        self.has_room.set()

    def say(self, message: Message) -> None:
        """Send it behind what waits in its lane."""
        is_last = isinstance(message, (Block, Here))
        self._waiting.put_nowait((is_last, next(self._numbers), encode(message)))
        self._count(is_last)

    async def write(self) -> None:
        """Send what waits. Raises Lost."""
        try:
            while True:
                is_last, _, data = await self._waiting.get()
                self._taken.beat()
                self._is_sending = True
                await self.send(data)
                self._is_sending = False
                self._count(-is_last)
        except Exception as wrong:
            raise Lost(f"nothing can be sent: {str(wrong) or type(wrong).__name__}") from wrong
        finally:
            self.has_room.set()

    async def ends(self, within_s: float) -> None:
        """Wait until the other side has been silent for so long, or has taken nothing that it was sent. Raises Lost."""
        await first_to_end(self.pulse.stops(within_s), self._taken.stops(within_s))
        raise Lost(f"nothing comes, or nothing is taken, for {within_s:g} seconds")

    def _count(self, blocks: int) -> None:
        self._blocks += blocks
        if self._blocks < _BLOCKS:
            self.has_room.set()
        else:
            self.has_room.clear()


class Connections:
    """Kept: the addresses of peers, and whether this one is to be online."""

    def __init__(
        self,
        config: Config,
        store: Store,
        identity: Identity,
        device: Listener,
        rng: random.Random,
        observe: Observe,
        now: Callable[[], float],
    ) -> None:
        """Take the port. now: the time of day, seconds. Raises PortError."""
        self._settings, self._store, self._device = config.settings, store, device
        self._identity = identity
        self._observe, self._now = observe, now
        self._retries = Retries(config.settings, rng, observe)
        self._talks: dict[str, _Talk] = {}
        self._dialling: dict[str, asyncio.Task[None]] = {}
        #: Peers with whom nothing is said until then, by `time.monotonic`.
        self._quarantined: dict[str, float] = {}
        #: How fast each peer is listened to, on whatever connection.
        self._paces: dict[str, Pace] = {}
        self._parts: asyncio.TaskGroup | None = None
        self.wanted = store.get("wanted") == "online"
        #: By what it draws those whom it is linked to beside its neighbours.
        self._drawing = _kept_drawing(store)
        self._may_talk = asyncio.Event()
        self.state, self.dialled = "offline", 0
        app = Starlette(
            routes=[Route("/health", self._health), WebSocketRoute("/peer", self._accepted)],
        )
        self._server = HttpServer(
            app, Accepted, config.settings.heartbeat_s, max_frame=_MOST_FRAME, http=Http
        )
        self._port = Port(config.host, config.peer_port, _ROUND_TRIPS * config.settings.idle_timeout_s)
        self.listens = self._port.address
        #: Who may have which certificates.
        self._pins: dict[str, list[bytes]] = {}
        self._retiring: asyncio.TimerHandle | None = None
        self.pins_changed()

    # -- what is wanted

    def set_link(self, peer: str, address: str | None) -> None:
        """Dial a peer there from now on; None: no more."""
        links = self._store.links()
        if address is None:
            links.pop(peer, None)
        else:
            links[peer] = address
        self._store.put("links", json.dumps(links))
        dialling = self._dialling.pop(peer, None)
        if dialling is not None:
            dialling.cancel()
        self._dial_all()
        self._show()

    def connect(self, wanted: bool) -> None:
        """Be online, or not."""
        self._store.put("wanted", "online" if wanted else "offline")
        self.wanted = wanted
        self.wanted_changed()

    def wanted_changed(self) -> None:
        """There may be something to talk about now, or no more, or other members."""
        self._dial_all()
        if self._talks_at_all():
            self._may_talk.set()
        else:
            self._may_talk.clear()
            for peer in list(self._talks):
                self.refuse(peer, "this peer goes offline")
        self._show()

    def pins_changed(self) -> None:
        """Users have told the certificate of a peer, or one is believed no more: whoever has it is not that peer."""
        now, known = self._now(), self._store.pins()
        over = {peer: Pin(pin.now) for peer, pin in known.items() if pin.before and pin.until <= now}
        self._pins = {peer: [*map(read, pin.believed(now))] for peer, pin in known.items()}
        self.identify(self._identity)
        if self._retiring is not None:
            self._retiring.cancel()
        ends = [pin.until for pin in known.values() if pin.before and pin.until > now]
        if ends:
            wait_s = min(min(ends) - now, LOOK_S)
            self._retiring = asyncio.get_running_loop().call_later(wait_s, self.pins_changed)
        for peer, talk in list(self._talks.items()):
            if not self._is(peer, talk.certificate):
                self.refuse(peer, "it has another certificate now")
        for peer in over:
            self._observe("key_retired", {"peer": peer})
        if over:
            # The last of it: it is over whether or not the disk is full.
            self._store.put_pins({**known, **over})

    def identify(self, identity: Identity) -> None:
        """Be known by this from now on; connections on which another one was shown are made anew."""
        self._secured = identity.server([each for pins in self._pins.values() for each in pins])
        if identity is not self._identity:
            self._identity = identity
            for peer in list(self._talks):
                self.refuse(peer, "this peer has another key now")

    @property
    def missing(self) -> int:
        """How many peers are to be dialled and are not connected."""
        if self._device.read_only:
            return 0
        return sum(not (peer in self._talks or self._left_s(peer) > 0) for peer in self._neighbours())

    def _talks_at_all(self) -> bool:
        return self.wanted and bool(self._device.shared) and not self._device.read_only

    # -- their life

    async def run(self, parts: asyncio.TaskGroup) -> None:
        """Listen and dial until cancelled."""
        self._parts = parts
        self.wanted_changed()
        self._dial_all()
        try:
            await self._port.run(self._server.protocol, lambda: self._secured, self._turned_away)
        finally:
            await self._server.close(0.0)

    def send(self, peer: str, message: Message) -> None:
        """Send behind what waits; a peer that is gone gets nothing."""
        talk = self._talks.get(peer)
        if talk is not None:
            talk.say(message)

    def refuse(self, peer: str, reason: str) -> None:
        """End the connection to a peer."""
        talk = self._talks.get(peer)
        if talk is not None:
            _log.info("%s: %s", peer, reason)
            closing = asyncio.ensure_future(talk.close())
            closing.add_done_callback(lambda done: done.cancelled() or done.exception())

    def quarantine(self, peer: str, until: float) -> None:
        """Say nothing to a peer, and hear nothing of it, until then, by `time.monotonic`."""
        self._quarantined[peer] = until
        talk = self._talks.get(peer)
        self.refuse(peer, "it is quarantined")
        if talk is not None:
            self._ended(peer, talk)
        self._show()

    def _left_s(self, peer: str) -> float:
        """How long the quarantine of a peer still lasts."""
        return self._quarantined.get(peer, 0.0) - time.monotonic()

    # -- dialling

    def _dial_all(self) -> None:
        if self._parts is not None:
            near = self._neighbours()
            for peer in set(self._dialling) - set(near):
                self._dialling.pop(peer).cancel()
            for peer in near:
                if peer not in self._dialling:
                    self._dialling[peer] = self._parts.create_task(self._dial(peer))

    def _neighbours(self) -> list[str]:
        """Whom to dial, of those that can be dialled."""
        links, fanout = self._store.links(), self._settings.fanout
        if not fanout:
            return list(links)
        members = self._store.members()
        near = neighbours(self._device.name, members, fanout)
        others = [peer for peer in members if peer != self._device.name]
        near |= anchors(near, others, links, self._drawing)
        return [peer for peer in links if peer in near]

    async def _dial(self, peer: str) -> None:
        while True:
            await self._may_talk.wait()
            while (left_s := self._left_s(peer)) > 0:
                await asyncio.sleep(left_s)
                self._show()
            reason = "the connection ended"
            try:
                await self._session(peer)
            except ssl.SSLCertVerificationError as wrong:
                reason = f"whoever answers has another certificate: {wrong.verify_message}"
                self._turned_away(reason, peer)
            except (Lost, OSError, WebSocketException, TimeoutError) as wrong:
                reason = str(wrong) or type(wrong).__name__
            if not self._may_talk.is_set() or self._left_s(peer) > 0:
                continue
            await self._retries.back_off("connect", reason, key=peer, about=peer)

    async def _session(self, peer: str) -> None:
        settings = self._settings
        pins = self._pins.get(peer)
        if pins is None:
            raise Lost(f"nobody has told the certificate of {peer}")
        async with connect(
            f"wss://{self._store.links()[peer]}/peer",
            ssl=self._identity.client(pins),
            server_hostname=SERVER_NAME,
            open_timeout=_ROUND_TRIPS * settings.idle_timeout_s,
            ping_interval=settings.heartbeat_s,
            ping_timeout=None,  # see `pulse`
            close_timeout=0.5,
            compression=None,
            proxy=None,
            max_size=_MOST_FRAME,
            create_connection=Dialled,
        ) as socket:
            assert isinstance(socket, Dialled), "that is what was asked for"

            async def send(message: bytes) -> None:
                await socket.send(padded(message))

            async def receive() -> bytes:
                try:
                    return _bare(await socket.recv())
                except ConnectionClosed as closed:
                    raise Lost(f"the connection ended: {closed}") from None

            certificate = certificate_of(socket.transport)
            await self._talk(_Talk(send, receive, socket.close, certificate, socket.pulse), expected=peer)

    # -- being dialled

    async def _health(self, request: Request) -> Response:  # noqa: ARG002
        return PlainTextResponse(f"a peer that speaks protocol {PROTOCOL} at /peer, over TLS")

    def _turned_away(self, reason: str, peer: str = "") -> None:
        """Somebody is not who it was to be. peer: as whom it passes, where that is known."""
        _log.warning("%s was turned away: %s", peer or "somebody", reason)
        self._observe("peer_refused", {"peer": peer, "reason": reason})
        self._device.noticed("", Oddity.STRANGER)

    async def _accepted(self, socket: WebSocket) -> None:
        if socket.scope["scheme"] != "wss":
            await socket.close()  # 403
            return
        certificate, pulse = (socket.scope["state"][name] for name in ("certificate", "pulse"))
        await socket.accept()

        async def send(message: bytes) -> None:
            await socket.send_bytes(padded(message))

        async def receive() -> bytes:
            try:
                return _bare(await socket.receive_bytes())
            except (WebSocketDisconnect, KeyError, RuntimeError):
                raise Lost("the other side ended the connection") from None

        try:
            await self._talk(_Talk(send, receive, socket.close, certificate, pulse), expected="")
        except (Lost, OSError, TimeoutError, WebSocketDisconnect, RuntimeError) as wrong:
            _log.info("a connection ended: %s", wrong)

    # -- talking

    async def _talk(self, talk: _Talk, expected: str) -> None:
        """Greet, then take in what comes, until the connection ends. Raises Lost.

        expected: who was dialled; "" for whoever dials. Who greets before there is anything to share waits for it.
        """
        within_s = self._settings.idle_timeout_s
        async with asyncio.timeout(within_s):
            await self._may_talk.wait()
            await talk.send(encode(self._greeting(expected)))
            hello = _decoded(await talk.receive())
        peer = self._check(hello, expected, talk.certificate)
        while (before := self._talks.get(peer)) is not None:
            await before.close()
            self._ended(peer, before)
            self._check(hello, expected, talk.certificate)  # something may have come out meanwhile
        if not self._may_talk.is_set():
            raise Lost("this peer goes offline")
        self._talks[peer] = talk
        self._retries.succeeded(peer)
        self._observe("attempt", {"what": "connect", "outcome": "ok", "reason": ""})
        self.dialled += 1
        try:
            self._device.connected(peer)
            self._show()
            await first_to_end(self._listen(peer, talk), talk.write(), talk.ends(within_s))
        finally:
            self._ended(peer, talk)

    async def _listen(self, peer: str, talk: _Talk) -> None:
        """Take in what a peer says. Raises Lost."""
        pace = self._pace_of(peer)
        await pace.take()  # nobody asked for the connection
        while True:
            data = await talk.receive()
            talk.pulse.beat()
            if self._talks.get(peer) is not talk:
                raise Lost("a newer connection has taken its place")
            if not self._device.received(peer, _decoded(data), length(len(data))):
                await pace.take()
            await talk.has_room.wait()
            await asyncio.sleep(0)  # others have their turn, and the pings, while much waits here

    def _pace_of(self, peer: str) -> Pace:
        """Who connects anew has said no less before."""
        return self._paces.setdefault(peer, Pace(self._settings.message_s))

    def _greeting(self, expected: str) -> Hello:  # noqa: ARG002 - who does harm says something else
        """What this peer says first."""
        return Hello(self._device.name, self._device.shared)

    def _is(self, peer: str, certificate: bytes | None) -> bool:
        """Whether that is the certificate of a peer."""
        return certificate in self._pins.get(peer, ())

    def _check(self, hello: Message, expected: str, certificate: bytes | None) -> str:
        """Who greets. Raises Lost for who has nothing to do here."""
        if not isinstance(hello, Hello):
            raise Lost(f"a {type(hello).__name__} came before the greeting")
        if hello.protocol != PROTOCOL:
            raise Lost(
                f"{hello.device} speaks protocol {hello.protocol}, this peer {PROTOCOL}: update the older one"
            )
        # Who it is goes before what it may do: nobody is said to have asked for what another one asked for in its name.
        if not self._is(hello.device, certificate):
            reason = "it has shown the certificate of somebody else"
            self._turned_away(reason, hello.device)
            raise Lost(f"{hello.device}: {reason}")
        if hello.folder != self._device.shared or hello.device not in self._store.members():
            self._turned_away("this folder is not shared with it", hello.device)
            raise Lost(f"{hello.device} does not share this folder")
        if self._left_s(hello.device) > 0:
            raise Lost(f"{hello.device} is quarantined")
        if expected not in ("", hello.device) or hello.device == self._device.name:
            raise Lost(f"{hello.device} answers where {expected or 'another peer'} was to be")
        return hello.device

    def _ended(self, peer: str, talk: _Talk) -> None:
        if self._talks.get(peer) is talk:
            del self._talks[peer]
            self._device.disconnected(peer)
            self._show()

    def _show(self) -> None:
        if not self._talks_at_all():
            state = "offline"
        elif self.missing or not (self._talks or self._neighbours()):
            state = "connecting"
        else:
            state = "live"
        if state != self.state:
            self.state = state
            self._observe("connection", {"state": state, "reason": ""})


def _kept_drawing(store: Store) -> bytes:
    if not store.get("drawing"):
        store.put("drawing", secrets.token_hex(16))
    return bytes.fromhex(store.get("drawing"))


def _bare(came: Any) -> bytes:
    if not isinstance(came, bytes):
        raise Lost("a text came where a message was to be")
    try:
        return bare(came)
    except Unpadded as wrong:
        raise Lost(str(wrong)) from None


def _decoded(data: bytes) -> Message:
    try:
        message: Message = decode(data)
        return unpacked(message, MOST_BLOCK) if isinstance(message, Block) else message
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, Unpackable) as wrong:
        raise Lost(f"what came is no message: {wrong}") from None

"""One proxy: its listener, its toxics, and the connections that pass through it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
from dataclasses import dataclass, field

from .address import (
    Address,
    AddressError,
    bound,
    listening_socket,
    literal,
    lookup,
    port_number,
    resolve,
    split,
    stream_socket,
)
from .connection import LINGER_RESET, Connection
from .failures import ApiError
from .link import Link, Plumbing
from .toxics import Dice, Direction, FailFirst, Toxic, ToxicType

log = logging.getLogger("toxiproxy")

_ACCEPTS_PER_TURN = 64
_OUT_OF_DESCRIPTORS_PAUSE_S = 0.1
_OUT_OF_DESCRIPTORS = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


@dataclass
class Flow:
    """Bytes of one direction."""

    received: int = 0
    sent: int = 0


@dataclass
class Tally:
    """Of the connections that have ended: what has passed through them, and how they ended."""

    accepted: int = 0
    failed: int = 0
    """Closed by `fail_first`, or because the upstream could not be reached."""
    cut: int = 0
    """Closed because the proxy was disabled, deleted or changed."""
    flows: dict[Direction, Flow] = field(default_factory=lambda: {way: Flow() for way in Direction})


class Proxy:
    """A proxy as the API knows it. Every change of toxics acts on live connections at once."""

    def __init__(self, name: str, listen: str, upstream: str, plumbing: Plumbing, seed: int) -> None:
        self.name = name
        self.listen = listen
        """As given; the resolved address once it has been started."""
        self.upstream = upstream
        self.enabled = False
        self.tally = Tally()
        self._plumbing = plumbing
        self._seed = seed
        self._listener: socket.socket | None = None
        self._chains: dict[Direction, list[Toxic]] = {way: [] for way in Direction}
        self._to_fail: dict[str, int] = {}
        self._connections: dict[Connection, None] = {}
        self._dials: dict[asyncio.Task[None], None] = {}

    # Life

    async def start(self) -> None:
        """Listen. Raises ApiError (500) where it cannot. One that listens already is left alone."""
        if self.enabled:
            return
        try:
            address = await resolve(self.listen)
        except AddressError as error:
            raise ApiError(f"listen tcp: {error}", 500) from None
        try:
            listener = listening_socket(address)
        except AddressError as error:
            raise ApiError(str(error), 500) from None
        self._listener = listener
        self.listen = str(bound(listener))
        self.enabled = True
        self._plumbing.loop.add_reader(listener.fileno(), self._accept, listener)
        log.info("proxy %s listens on %s for %s", self.name, self.listen, self.upstream)

    def stop(self) -> None:
        """Close the listener, then every connection; dials under way are given up."""
        if not self.enabled:
            return
        self.enabled = False
        if self._listener is not None:
            self._plumbing.loop.remove_reader(self._listener.fileno())
            self._listener.close()
            self._listener = None
        for dial in list(self._dials):
            dial.cancel()
        connections = list(self._connections)
        self.tally.cut += len(connections) + len(self._dials)
        for connection in connections:
            connection.abort()
        log.info("proxy %s stopped, %d connections closed", self.name, len(connections))

    async def differs(self, listen: str, upstream: str) -> bool:
        """Whether these are another place to listen (after resolving it) or another upstream. Raises ApiError
        (500).
        """
        try:
            address = await resolve(listen)
        except AddressError as error:
            raise ApiError(str(error), 500) from None
        return self.listen != str(address) or self.upstream != upstream

    async def update(self, listen: str, upstream: str, enabled: bool) -> None:
        """Change the proxy; another listen address or upstream drops every connection. Raises ApiError."""
        if await self.differs(listen, upstream):
            self.stop()
            self.listen, self.upstream = listen, upstream
        if enabled and not self.enabled:
            await self.start()
        elif not enabled:
            self.stop()

    # Toxics

    def toxics(self) -> list[Toxic]:
        """Those of the upstream direction, then those downstream, each in the order of the chain."""
        return [toxic for way in Direction for toxic in self._chains[way]]

    def toxic(self, name: str) -> Toxic:
        """By name. Raises ApiError (404)."""
        for toxic in self.toxics():
            if toxic.name == name:
                return toxic
        raise ApiError("toxic not found", 404)

    def add_toxic(self, toxic: Toxic) -> None:
        """At the end of its chain. Raises ApiError (409) if the name is taken."""
        if any(other.name == toxic.name for other in self.toxics()):
            raise ApiError("toxic already exists", 409)
        self._chains[toxic.direction].append(toxic)
        self._count_failures(toxic)
        for link in self._links(toxic.direction):
            link.add(toxic)

    def update_toxic(self, toxic: Toxic, of: ToxicType, toxicity: float) -> None:
        """New values for a toxic that is there."""
        toxic.change(of, toxicity)
        self._count_failures(toxic)
        for link in self._links(toxic.direction):
            link.update(toxic)

    def remove_toxic(self, toxic: Toxic) -> None:
        """Take it out of its chain."""
        self._chains[toxic.direction].remove(toxic)
        self._to_fail.pop(toxic.name, None)
        for link in self._links(toxic.direction):
            link.remove(toxic)

    def remove_all_toxics(self) -> None:
        """Upstream ones first, each chain from its beginning."""
        for toxic in self.toxics():
            self.remove_toxic(toxic)

    # Evidence

    def open_connections(self) -> int:
        """Connections that pass through now."""
        return len(self._connections)

    def flow(self, direction: Direction) -> tuple[Flow, int]:
        """Bytes of all connections so far, live ones included, and the bytes held back now."""
        links = self._links(direction)
        ended = self.tally.flows[direction]
        received = ended.received + sum(link.received for link in links)
        sent = ended.sent + sum(link.sent for link in links)
        return Flow(received, sent), sum(link.held() for link in links)

    def applied(self, toxic: Toxic) -> int:
        """On how many of the open connections it applies."""
        return sum(link.applied().get(toxic.name, False) for link in self._links(toxic.direction))

    # Connections

    def _links(self, direction: Direction) -> list[Link]:
        return [connection.link(direction) for connection in self._connections]

    def _count_failures(self, toxic: Toxic) -> None:
        if isinstance(toxic.of, FailFirst):
            self._to_fail[toxic.name] = toxic.of.connections

    def _accept(self, listener: socket.socket) -> None:
        for _ in range(_ACCEPTS_PER_TURN):
            try:
                client, _ = listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._pause_accepting(listener, error)
                return
            self.tally.accepted += 1
            number = self.tally.accepted
            if self._fails(number):
                self.tally.failed += 1
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
                client.close()
                continue
            client.setblocking(False)
            self._reach_upstream(client, number)

    def _pause_accepting(self, listener: socket.socket, error: OSError) -> None:
        log.warning("proxy %s cannot accept: %s", self.name, error)
        if error.errno not in _OUT_OF_DESCRIPTORS:
            return
        loop = self._plumbing.loop
        loop.remove_reader(listener.fileno())

        def resume() -> None:
            if self._listener is listener:
                loop.add_reader(listener.fileno(), self._accept, listener)

        loop.call_later(_OUT_OF_DESCRIPTORS_PAUSE_S, resume)

    def _fails(self, number: int) -> bool:
        """Whether a `fail_first` takes this connection."""
        for toxic in self.toxics():
            left = self._to_fail.get(toxic.name, 0)
            if left > 0 and (
                toxic.toxicity >= 1
                or Dice(f"{self._seed}/{self.name}/{number}/{toxic.name}").rng.random() < toxic.toxicity
            ):
                self._to_fail[toxic.name] = left - 1
                return True
        return False

    def _reach_upstream(self, client: socket.socket, number: int) -> None:
        """At once where that is possible, as on this machine; else while other clients are accepted."""
        server: socket.socket | None = None
        reached = False
        if (address := literal(self.upstream)) is not None:
            with contextlib.suppress(OSError):
                server = stream_socket(address)
                reached = server.connect_ex(address.for_socket) == 0
        if server is not None and reached:
            self._join(client, server, number)
            return
        dial = self._plumbing.loop.create_task(self._dial(client, number, server))
        self._dials[dial] = None
        dial.add_done_callback(lambda done: self._dials.pop(done, None))

    async def _dial(self, client: socket.socket, number: int, begun: socket.socket | None) -> None:
        """Go on with what has begun, or begin with the first address of a name."""
        server = begun
        try:
            host, port = split(self.upstream)
            failure: OSError = ConnectionRefusedError(errno.ECONNREFUSED, "connection refused")
            for found in await lookup(host):
                address = Address(found or "127.0.0.1", port_number(port))
                server = server or stream_socket(address)
                try:
                    await self._plumbing.loop.sock_connect(server, address.for_socket)
                except OSError as error:
                    failure = error
                    server.close()
                    server = None
                else:
                    self._join(client, server, number)
                    return
            raise failure
        except (OSError, AddressError) as error:
            log.warning("proxy %s cannot reach %s: %s", self.name, self.upstream, error)
            self.tally.failed += 1
            client.close()
        except asyncio.CancelledError:
            client.close()
            if server is not None:
                server.close()
            raise

    def _join(self, client: socket.socket, server: socket.socket, number: int) -> None:
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        name = f"{self._seed}/{self.name}/{number}"
        connection = Connection(name, self._plumbing, client, server, self._closed)
        self._connections[connection] = None
        connection.begin(lambda way: self._chains[way])

    def _closed(self, connection: Connection) -> None:
        del self._connections[connection]
        for way in Direction:
            link = connection.link(way)
            self.tally.flows[way].received += link.received
            self.tally.flows[way].sent += link.sent

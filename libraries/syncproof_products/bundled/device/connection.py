"""A TCP connection that reads only while the flow is open, and that knows when bytes last moved on it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import TypeVar, cast

from syncproof_products.bundled.device.flow import Flow

#: What the kernel may hold of what we send. Small: a slow link shows as a slow sender, not as silence.
SEND_BUFFER_BYTES = 128 * 1024
_WRITE_HIGH_WATER = 64 * 1024

C = TypeVar("C", bound="Connection")


class LinkError(Exception):
    """The other side could not be reached, went away, fell silent or spoke nonsense.

    code: refused, unreachable, closed, timeout, malformed. str() adds what happened, for people.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Connection(asyncio.Protocol):
    """Base of what speaks over one TCP connection; subclasses get `received` and `lost`."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._unwatch: Callable[[], None] = lambda: None
        self._writable = asyncio.Event()
        self._writable.set()
        self._unsent = 0
        self.moved_at = self._loop.time()
        """When bytes last moved in any direction (event loop's time, in seconds)."""

    # what a subclass says

    def received(self, data: bytes) -> None:
        """Take bytes that arrived."""
        raise NotImplementedError

    def lost(self, error: LinkError) -> None:
        """The connection is gone; called once."""
        raise NotImplementedError

    # what a subclass uses

    @property
    def alive(self) -> bool:
        """Bytes can still be sent."""
        return self._transport is not None and not self._transport.is_closing()

    async def send(self, data: bytes) -> None:
        """Hand bytes over as fast as the link takes them. Raises LinkError where the connection is gone."""
        await self._flow.passage()
        await self._writable.wait()
        if self._transport is None or self._transport.is_closing():
            raise LinkError("closed", "the connection ended while sending")
        self._transport.write(data)
        self.moved_at = self._loop.time()

    def silent_s(self) -> float:
        """Seconds since bytes last moved; a paused flow does not count as silence."""
        if not self._flow.open:
            self.moved_at = self._loop.time()
        elif self._transport is not None:
            unsent = self._transport.get_write_buffer_size()
            if unsent < self._unsent:
                self.moved_at = self._loop.time()
            self._unsent = unsent
        return self._loop.time() - self.moved_at

    def close(self) -> None:
        """Drop the connection now, and what was not sent with it."""
        if self._transport is not None:
            self._transport.abort()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start to read, unless the flow is closed."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=_WRITE_HIGH_WATER)
        self._unwatch = self._flow.watch(self._flow_changed)
        if not self._flow.open:
            self._transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        """Note that the link lives, then let the subclass read."""
        self.moved_at = self._loop.time()
        self.received(data)

    def eof_received(self) -> bool:
        """Close our side too: nothing here goes on with half a connection."""
        return False

    def pause_writing(self) -> None:
        """Hold `send` back: the link is slower than we are."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Let `send` go on."""
        self.moved_at = self._loop.time()
        self._writable.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the subclass, and free whoever waits to send."""
        self._unwatch()
        self._transport = None
        self._writable.set()
        self.lost(LinkError("closed", str(exc) if exc else "the other side closed the connection"))

    def _flow_changed(self, is_open: bool) -> None:
        self.moved_at = self._loop.time()
        if self._transport is None or self._transport.is_closing():
            return
        if is_open:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()


async def connect(make: Callable[[], C], host: str, port: int, timeout_s: float) -> C:
    """Open a connection within `timeout_s` seconds.

    Raises:
        LinkError: refused, unreachable or timeout.
    """
    where = f"{host}:{port}"
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout_s):
            transport, protocol = await loop.create_connection(make, host, port)
    except TimeoutError:
        raise LinkError("timeout", f"no connection to {where} within {timeout_s:g} s") from None
    except ConnectionRefusedError:
        raise LinkError("refused", f"nothing listens on {where}") from None
    except OSError as error:
        raise LinkError("unreachable", f"{where}: {error}") from None
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
    return protocol

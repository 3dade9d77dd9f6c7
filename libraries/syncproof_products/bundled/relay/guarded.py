"""One connection that is watched: since when a request is awaited, and how much of it has come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, cast

_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Guarded(asyncio.Protocol):
    """Around the protocol that serves a connection.

    max_head: bytes that may come before they are a request. max_dropped: bytes that may still come of one that has been
    answered. joined, left: are told of it. end: ends it, and says why.
    """

    def __init__(
        self,
        inner: asyncio.Protocol,
        max_head: int,
        max_dropped: int,
        clock: Callable[[], float],
        joined: Callable[[Guarded], None],
        left: Callable[[Guarded], None],
        end: Callable[[Guarded, str], None],
    ) -> None:
        self.inner, self._max_head, self._max_dropped, self._clock = inner, max_head, max_dropped, clock
        self._joined, self._left, self._end = joined, left, end
        #: Whose it is; "" for a stranger's.
        self.device = ""
        self.peer: object = None
        #: Whether the body of the request that is under way is not whole.
        self.body_due = False
        self._asked_at: float | None = None
        self._since: float | None = None
        self._received = 0
        #: Whether a request was answered before its body was whole: what still comes of it is read and dropped.
        self._drops = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it in."""
        self._transport = cast(asyncio.Transport, transport)
        self.peer = transport.get_extra_info("peername")
        self._since = self._clock()
        self._joined(self)
        self.inner.connection_made(_Watched(self, self._transport))

    def data_received(self, data: bytes) -> None:
        """Pass it on; what is too long for a request is refused."""
        self._received += len(data)
        if self._asked_at is None and self._since is None:
            self._since = self._clock()
        self.inner.data_received(data)
        if self._asked_at is not None:
            return
        if self._received > (self._max_dropped if self._drops else self._max_head):
            # A request that is whole begins before this does.
            asyncio.get_running_loop().call_soon(self._refuse_head)

    def eof_received(self) -> bool | None:
        """Pass it on."""
        return self.inner.eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        """Count it out."""
        self._left(self)
        self.inner.connection_lost(error)

    def pause_writing(self) -> None:
        """Pass it on."""
        self.inner.pause_writing()

    def resume_writing(self) -> None:
        """Pass it on."""
        self.inner.resume_writing()

    def asked(self, *, has_body: bool) -> None:
        """A request has begun: its head is whole."""
        self._asked_at, self._since, self.body_due, self._received = self._clock(), None, has_body, 0
        self._drops = False

    def answered(self) -> None:
        """The request is over; what comes now is of another one."""
        self._asked_at, self._received, self._drops = None, 0, self.body_due
        self._since = self._clock() if self._drops else None

    def overdue(self, request_s: float, slow_bytes_s: float) -> bool:
        """Whether what was begun takes too long to come.

        A head may take `request_s` seconds, and a body as long, and a second more for each `slow_bytes_s` bytes.
        """
        if self._asked_at is not None and not self.body_due:
            return False
        began = self._since if self._asked_at is None else self._asked_at
        may_take = request_s + (self._received / slow_bytes_s if self.body_due else 0.0)
        return began is not None and self._clock() - began > may_take

    def abort(self) -> None:
        """End it."""
        self._transport.abort()

    def _refuse_head(self) -> None:
        if self._asked_at is not None or self._transport.is_closing():
            return
        if not self._drops:
            self._transport.write(_TOO_LONG)
        self._end(self, f"{self._received} bytes are no request")


class _Watched(asyncio.Transport):
    """The transport as what serves the connection sees it: a protocol that takes over does so behind the guard."""

    def __init__(self, owner: Guarded, raw: asyncio.Transport) -> None:
        super().__init__()
        self._owner, self._raw = owner, raw
        # They are called for every message, and do nothing here.
        self.write = raw.write  # type: ignore[method-assign]
        self.writelines = raw.writelines  # type: ignore[method-assign]

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        """Of the connection."""
        self._raw.write(data)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview[Any]]) -> None:
        """Of the connection."""
        self._raw.writelines(list_of_data)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Another one goes on, as after an upgrade."""
        self._owner.inner = cast(asyncio.Protocol, protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Whose it is now."""
        return self._owner.inner

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Of the connection."""
        return self._raw.get_extra_info(name, default)

    def is_closing(self) -> bool:
        """Of the connection."""
        return self._raw.is_closing()

    def close(self) -> None:
        """After what was written."""
        self._raw.close()

    def abort(self) -> None:
        """At once."""
        self._raw.abort()

    def is_reading(self) -> bool:
        """Of the connection."""
        return self._raw.is_reading()

    def pause_reading(self) -> None:
        """Of the connection."""
        self._raw.pause_reading()

    def resume_reading(self) -> None:
        """Of the connection."""
        self._raw.resume_reading()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Of the connection."""
        self._raw.set_write_buffer_limits(high, low)

    def get_write_buffer_size(self) -> int:
        """Of the connection."""
        return self._raw.get_write_buffer_size()

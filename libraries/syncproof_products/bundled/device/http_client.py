"""A small HTTP/1.1 client: keep-alive, streamed bodies, patience measured in silence, not in duration."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import httptools

from syncproof_products.bundled.device.connection import Connection, LinkError, connect
from syncproof_products.bundled.device.flow import Flow

#: A reply that is kept in memory may be at most this long; blobs go to a sink and may be longer.
MAX_REPLY_BYTES = 64 * 1024 * 1024
#: Bytes of a request that buffers on the way may swallow before the pace of the link shows.
_HIDDEN_BYTES = 256 * 1024
#: Servers close idle connections after 5 s and more (uvicorn's default): do not race with them.
_KEEP_IDLE_S = 3.0


class Body(Protocol):
    """What a request carries, when it is too long to be held in memory."""

    @property
    def size(self) -> int:
        """Length in bytes."""

    def chunks(self) -> Iterable[bytes]:
        """The bytes, a piece at a time."""


@dataclass(frozen=True, slots=True)
class BytesBody:
    """A body in memory."""

    content: bytes

    @property
    def size(self) -> int:
        """Length in bytes."""
        return len(self.content)

    def chunks(self) -> Iterable[bytes]:
        """The bytes, in one piece."""
        return (self.content,) if self.content else ()


@dataclass(slots=True)
class Reply:
    """What came back; header names in lower case. content is empty where a sink took it."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a silent link is believed in.

    idle_s: seconds without a byte moving. hidden_s: seconds that the slowest link worth waiting for takes to
    carry 256 KiB: buffers along the way may hold that much of a request back from our sight.
    """

    idle_s: float = 15.0
    hidden_s: float = 32.0

    def for_request(self, size: int) -> float:
        """Seconds of silence that a request of `size` bytes is granted."""
        return self.idle_s + self.hidden_s * min(size, _HIDDEN_BYTES) / _HIDDEN_BYTES


Sink = Callable[[bytes], None]
OnHead = Callable[[Reply], "Sink | None"]
OnSent = Callable[[int], None]


class HttpConnection(Connection):
    """One connection; one request at a time."""

    def __init__(self, flow: Flow) -> None:
        super().__init__(flow)
        self._parser = httptools.HttpResponseParser(self)
        self._reply = Reply()
        self._parts: list[bytes] = []
        self._kept = 0
        self._on_head: OnHead | None = None
        self._sink: Sink | None = None
        self._done: asyncio.Future[Reply] | None = None
        self._watch: asyncio.TimerHandle | None = None
        self.reusable = True
        self.idle_since = self._loop.time()

    async def exchange(
        self, head: bytes, body: Body, grace_s: float, on_head: OnHead | None, on_sent: OnSent | None
    ) -> Reply:
        """Send one request and read its reply. Raises LinkError; the connection is closed then."""
        self._reply, self._parts, self._kept, self._sink = Reply(), [], 0, None
        self._on_head = on_head
        done: asyncio.Future[Reply] = self._loop.create_future()
        self._done = done
        self.moved_at = self._loop.time()
        self._watch_silence(grace_s)
        try:
            await self._send(head, body, done, on_sent)
            return await done
        except BaseException:
            self.close()
            if done.done() and not done.cancelled():
                done.exception()
            raise
        finally:
            self._done = None
            if self._watch is not None:
                self._watch.cancel()
            self.idle_since = self._loop.time()

    async def _send(
        self, head: bytes, body: Body, done: asyncio.Future[Reply], on_sent: OnSent | None
    ) -> None:
        sent = 0
        try:
            first = head
            for chunk in body.chunks():
                await self.send(first + chunk if first else chunk)
                first = b""
                sent += len(chunk)
                if on_sent is not None:
                    on_sent(sent)
                if done.done():
                    self.reusable = sent == body.size
                    return
            if first:
                await self.send(first)
        except LinkError:
            if not done.done():
                raise

    def _watch_silence(self, grace_s: float) -> None:
        silent = self.silent_s()
        if silent >= grace_s:
            self._fail(LinkError("timeout", f"no byte moved for {silent:.1f} s"))
            self.close()
        else:
            self._watch = self._loop.call_later(grace_s - silent + 0.001, self._watch_silence, grace_s)

    def _fail(self, error: LinkError) -> None:
        self.reusable = False
        if self._done is not None and not self._done.done():
            self._done.set_exception(error)

    # Connection

    def received(self, data: bytes) -> None:
        """Parse what arrived."""
        if self._done is None:
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, LinkError) as error:
            cause = error.__context__ if isinstance(error, httptools.HttpParserCallbackError) else error
            self._fail(cause if isinstance(cause, LinkError) else LinkError("malformed", str(error)))
            self.close()

    def lost(self, error: LinkError) -> None:
        """Fail the request that waits."""
        self._fail(error)

    # httptools

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header."""
        self._reply.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """Ask where the content goes."""
        self._reply.status = self._parser.get_status_code()
        if self._on_head is not None and self._reply.status >= 200:
            self._sink = self._on_head(self._reply)

    def on_body(self, data: bytes) -> None:
        """Pass a piece of the content on."""
        if self._sink is not None:
            self._sink(data)
            return
        self._kept += len(data)
        if self._kept > MAX_REPLY_BYTES:
            raise LinkError("malformed", f"a reply longer than {MAX_REPLY_BYTES} bytes")
        self._parts.append(data)

    def on_message_complete(self) -> None:
        """Hand the reply over."""
        if self._reply.status < 200:
            self._reply = Reply()
            return
        self.reusable = self._parser.should_keep_alive()
        self._reply.content = b"".join(self._parts)
        if self._done is not None and not self._done.done():
            self._done.set_result(self._reply)


class HttpClient:
    """Requests to one server over a few kept connections."""

    def __init__(self, host: str, port: int, flow: Flow, patience: Patience) -> None:
        self.host = host
        self.port = port
        self.patience = patience
        self._flow = flow
        self._idle: list[HttpConnection] = []
        self._busy: dict[int, HttpConnection] = {}

    async def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Body | None = None,
        on_head: OnHead | None = None,
        on_sent: OnSent | None = None,
    ) -> Reply:
        """Make one request.

        on_head sees status and headers first and may return a sink for the content; on_sent hears how many
        bytes of the body went out. Nothing is tried twice here.

        Raises:
            LinkError: no reply, or none that can be read.
        """
        body = BytesBody(b"") if body is None else body
        lines = [f"{method} {path} HTTP/1.1", f"host: {self.host}:{self.port}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if body.size or method in ("POST", "PUT"):
            lines.append(f"content-length: {body.size}")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        await self._flow.passage()
        connection = await self._take()
        self._busy[id(connection)] = connection
        try:
            return await connection.exchange(
                head, body, self.patience.for_request(body.size), on_head, on_sent
            )
        finally:
            self._busy.pop(id(connection), None)
            if connection.alive and connection.reusable:
                self._idle.append(connection)
            else:
                connection.close()

    def close(self) -> None:
        """Drop every connection; requests under way fail as `closed`."""
        for connection in (*self._idle, *self._busy.values()):
            connection.close()
        self._idle.clear()

    async def _take(self) -> HttpConnection:
        now = asyncio.get_running_loop().time()
        while self._idle:
            connection = self._idle.pop()
            if connection.alive and now - connection.idle_since < _KEEP_IDLE_S:
                return connection
            connection.close()
        return await connect(lambda: HttpConnection(self._flow), self.host, self.port, self.patience.idle_s)

"""HTTP/1.1 below the API, as h11 speaks it, in the loop of the data path."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

import h11

log = logging.getLogger("toxiproxy")

BODY_MOST: Final = 1024 * 1024
"""A longer body is not kept: to decode one would hold up the bytes that pass through the proxies."""
_HEAD_MOST: Final = 1024 * 1024
_READ_SIZE: Final = 64 * 1024
_LINGER_S: Final = 0.5
_BEYOND_ASCII: Final = re.compile(rb"[\x80-\xff]")


@dataclass(frozen=True)
class Request:
    """One request, read to its end."""

    method: str
    target: str
    """As it was sent: path and query, still percent-encoded."""
    user_agent: str
    body: bytes | None
    """None for one of more than `BODY_MOST` bytes."""


@dataclass
class Response:
    """One answer; Content-Length and Date are added."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[Request], Awaitable[Response]]


async def serve_client(handler: Handler, reader: StreamReader, writer: StreamWriter) -> None:
    """Answer the requests of one connection, one after the other, until it ends.

    What a client asked for is still done when the client is gone meanwhile, as in the real server.
    """
    client = _Client(reader, writer)
    try:
        while await client.answer_next(handler):
            await writer.drain()
    except (OSError, EOFError):
        log.debug("a client of the API went away")
    finally:
        writer.close()


class _Client:
    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._received = b""
        """What has come of the next request."""
        self._http = h11.Connection(h11.SERVER)

    async def answer_next(self, handler: Handler) -> bool:
        """Read a request and answer it; False when no other can follow on this connection."""
        # One parser for each request: what is behind the request is seen only when it is its turn.
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD_MOST)
        try:
            request = await self._request()
        except h11.RemoteProtocolError as error:
            status = HTTPStatus(error.error_status_hint)
            body = f"{status.value} {status.phrase}".encode()
            refusal = Response(status, body, {"Content-Type": "text/plain; charset=utf-8"})
            self._write(refusal, close=True)
            await self._let_read()
            return False
        if request is None:
            return False
        try:
            response = await handler(request)
        except Exception:
            log.exception("%s %s failed", request.method, request.target)
            response = Response(
                500, b"internal error, see the server's log\n", {"Content-Type": "text/plain"}
            )
        self._write(response)
        self._received = self._http.trailing_data[0]
        return self._http.our_state is h11.DONE

    async def _request(self) -> Request | None:
        """The next request, or None when the client has ended. Raises RemoteProtocolError."""
        while b"\n" not in self._received and len(self._received) <= _HEAD_MOST:
            if not (data := await self._reader.read(_READ_SIZE)):
                return None
            self._received += data
        line, newline, rest = self._received.partition(b"\n")
        # `curl` sends a name beyond ASCII as it is typed, and the real server takes it.
        line = _BEYOND_ASCII.sub(lambda byte: b"%%%02X" % byte[0][0], line)
        self._http.receive_data(line + newline + rest)
        head = await self._event()
        if not isinstance(head, h11.Request):
            return None
        if self._http.they_are_waiting_for_100_continue:
            wanted = h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue")
            self._writer.write(self._http.send(wanted) or b"")
        body, size = bytearray(), 0
        while isinstance(part := await self._event(), h11.Data):
            size += len(part.data)
            if size <= BODY_MOST:
                body += part.data
        agent = next((value for name, value in head.headers if name == b"user-agent"), b"")
        return Request(
            head.method.decode("ascii"),
            head.target.decode("ascii"),
            agent.decode("latin-1"),
            bytes(body) if size <= BODY_MOST else None,
        )

    async def _event(self) -> h11.Event | None:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(_READ_SIZE))
        return event if isinstance(event, h11.Event) else None

    async def _let_read(self) -> None:
        """Take in what the client still sends: to close before that is a reset, which can overtake the answer."""
        self._writer.write_eof()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_S):
                while await self._reader.read(_READ_SIZE):
                    pass

    def _write(self, response: Response, *, close: bool = False) -> None:
        headers = {**response.headers, "Date": time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())}
        if response.status != HTTPStatus.NO_CONTENT:
            headers["Content-Length"] = str(len(response.body))
        if close:
            headers["Connection"] = "close"
        reason = HTTPStatus(response.status).phrase
        head = h11.Response(
            status_code=response.status, headers=list(headers.items()), reason=reason.encode()
        )
        for event in (head, h11.Data(data=response.body), h11.EndOfMessage()):
            self._writer.write(self._http.send(event) or b"")

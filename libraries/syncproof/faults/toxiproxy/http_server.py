"""A small HTTP/1.1 server for the API: starts at once, and sends no header that the real server does not
send.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import cast
from urllib.parse import unquote

import httptools

log = logging.getLogger("toxiproxy")

_BODY_MOST = 16 * 1024 * 1024


@dataclass(frozen=True)
class Request:
    """One request, read to its end."""

    method: str
    path: str
    """Decoded, without the query."""
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Response:
    """One answer; Content-Length and Date are added."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[Request], Awaitable[Response]]


class HttpProtocol(asyncio.Protocol):
    """One client of the API; its requests are answered one after the other."""

    def __init__(self, handler: Handler, open_connections: set[HttpProtocol]) -> None:
        self._handler = handler
        self._open = open_connections
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self._waiting: list[tuple[Request, bool]] = []
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: a client is there."""
        self._transport = cast(asyncio.Transport, transport)
        self._open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """asyncio: the client is gone; what it asked for is still done, as in the real server."""
        self._transport = None
        self._open.discard(self)

    def data_received(self, data: bytes) -> None:
        """asyncio: more of a request."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # An upgrade is not offered: the request is answered as it is.
        except httptools.HttpParserError:
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        if len(self._body) > _BODY_MOST:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def close(self) -> None:
        """The server ends."""
        if self._transport is not None:
            self._transport.abort()

    # httptools calls these

    def on_message_begin(self) -> None:
        """A new request."""
        self._url, self._headers, self._body = b"", {}, bytearray()

    def on_url(self, url: bytes) -> None:
        """A part of the request's target."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """The body may follow once the client knows that it is wanted."""
        if self._headers.get("expect", "").lower() == "100-continue" and self._transport is not None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, part: bytes) -> None:
        """A part of the body."""
        self._body += part

    def on_message_complete(self) -> None:
        """The request is whole."""
        target = self._url.split(b"?", 1)[0]
        if not target.startswith(b"/"):
            target = b"/" + target.split(b"://", 1)[-1].partition(b"/")[2]
        request = Request(
            self._parser.get_method().decode("ascii"),
            unquote(target.decode("latin-1")),
            self._headers,
            bytes(self._body),
        )
        self._waiting.append((request, self._parser.should_keep_alive()))
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._answer())

    async def _answer(self) -> None:
        while self._waiting:
            request, keep_alive = self._waiting.pop(0)
            try:
                response = await self._handler(request)
            except Exception:
                log.exception("%s %s failed", request.method, request.path)
                response = Response(
                    500, b"internal error, see the server's log\n", {"Content-Type": "text/plain"}
                )
            self._write(request.method, response, keep_alive)
        self._task = None

    def _write(self, method: str, response: Response, keep_alive: bool) -> None:
        if self._transport is None:
            return
        lines = [f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        lines.append(f"Date: {formatdate(usegmt=True)}")
        if response.status != HTTPStatus.NO_CONTENT:
            lines.append(f"Content-Length: {len(response.body)}")
        if not keep_alive:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        self._transport.write(head + (b"" if method == "HEAD" else response.body))
        if not keep_alive:
            self._transport.close()

    def _refuse(self, status: HTTPStatus) -> None:
        self._write("GET", Response(status), keep_alive=False)

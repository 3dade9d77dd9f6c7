"""Serves an ASGI application on a port of its own, without a timer that ticks while nothing happens."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Callable
from typing import Any, Literal

import uvicorn
from uvicorn.server import ServerState

_BACKLOG = 2048
_KEEP_ALIVE_S = 75
_MAX_INCOMING_FRAME = 64 * 1024

_log = logging.getLogger(__name__)


class PortError(Exception):
    """The port cannot be listened on."""


class HttpServer:
    """One listening socket. (uvicorn's own `Server` wakes up ten times a second; its protocols do not.)

    websockets: which of uvicorn's implementations serves them, if any, or a class like them. ping_s: seconds between
    two pings to a peer, and how long it may take for one, or for a closing; None for no pings. A class sees for itself
    to who takes longer. wrapped: makes the protocol of a connection around what makes that of HTTP; None for HTTP
    itself. max_frame: bytes of the largest WebSocket message that it takes. http: a class like uvicorn's for HTTP.
    """

    def __init__(
        self,
        app: Any,
        websockets: Literal["none", "websockets", "websockets-sansio"] | type[asyncio.Protocol] = "none",
        ping_s: float | None = None,
        wrapped: Callable[[Callable[[], asyncio.Protocol]], asyncio.Protocol] | None = None,
        max_frame: int = _MAX_INCOMING_FRAME,
        http: type[asyncio.Protocol] | Literal["httptools"] = "httptools",
    ) -> None:
        self._wrapped = wrapped
        self._config = uvicorn.Config(
            app,
            http=http,
            ws=_implementation(websockets),
            ws_max_size=max_frame,
            # Not everywhere: a pong would wait behind all that a slow link has still to carry, and a slow link is
            # not a dead one.
            ws_ping_interval=ping_s,
            ws_ping_timeout=ping_s if isinstance(websockets, str) else None,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            date_header=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
        )
        self._state = ServerState()
        self._server: asyncio.Server | None = None
        self._listener: socket.socket | None = None

    def bind(self, host: str, port: int) -> tuple[str, int]:
        """Take the address before there is an event loop; `listen` serves it then. Raises PortError."""
        self._listener = _listening(host, port)
        name = self._listener.getsockname()
        return name[0], name[1]

    async def listen(
        self, host: str = "", port: int = 0, dead_after_s: float | None = None
    ) -> tuple[str, int]:
        """Listen; port 0 takes a free one. Answers the real address. Without a host: where it was bound.

        dead_after_s: connections whose peer acknowledges nothing of what was sent for so long are dropped (RFC 5482),
        so that a half-open one does not keep its buffers for ever.

        Raises:
            PortError: the port is taken, or the host is not ours.
        """
        self._load()
        listener = _listening(host, port) if self._listener is None else self._listener
        if dead_after_s is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
            # Accepted sockets inherit it.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(dead_after_s * 1000))
        self._server = await asyncio.get_running_loop().create_server(
            self.protocol, sock=listener, backlog=_BACKLOG
        )
        name = listener.getsockname()
        return name[0], name[1]

    def protocol(self) -> asyncio.Protocol:
        """What serves one more connection. Needs a running event loop."""
        return self._http() if self._wrapped is None else self._wrapped(self._http)

    def _load(self) -> None:
        if not self._config.loaded:
            self._config.load()

    def _http(self) -> asyncio.Protocol:
        self._load()
        make: Any = self._config.http_protocol_class
        made: asyncio.Protocol = make(config=self._config, server_state=self._state, app_state={})
        return made

    async def close(self, deadline_s: float) -> None:
        """Stop listening, end live streams; let requests under way end within `deadline_s` seconds, then drop them."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._state.connections):
            _shut_down(connection)
        tasks = list(self._state.tasks)
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=deadline_s)
        if late:
            _log.warning("%d requests did not end within %g s; they are dropped", len(late), deadline_s)
            for task in late:
                task.cancel()
            await asyncio.wait(late, timeout=1.0)


def _shut_down(connection: Any) -> None:
    try:
        connection.shutdown()
    # Whatever one client has brought its connection to, the others are told.
    except Exception:  # noqa: BLE001 - whatever it raises, the log has it
        _log.exception("a connection cannot be ended in order; it is dropped")
        connection.transport.abort()


def _implementation(websockets: str | type[asyncio.Protocol]) -> Any:
    if websockets != "websockets":
        return websockets
    # Imported here: most servers have no WebSocket.
    from syncproof_agentkit.websocket import WebSocketConnection

    return WebSocketConnection


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            message = (
                f"{host}:{port} is in use by another program; stop it, or name another port (0: a free one)"
            )
            raise PortError(message) from error
        raise PortError(f"cannot listen on {host}:{port}: {error.strerror}") from error

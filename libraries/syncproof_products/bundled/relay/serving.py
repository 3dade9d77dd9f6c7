"""Listens and serves: uvicorn's protocols on our own socket, without its server's ten wake-ups a second."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from syncproof_products.bundled.relay.start_error import StartError

_BACKLOG = 2048
_KEEP_ALIVE_S = 75
_MAX_INCOMING_FRAME = 64 * 1024

_log = logging.getLogger(__name__)


def listening_socket(host: str, port: int, dead_after_s: float) -> socket.socket:
    """A socket bound to that address (port 0: a free one). Raises StartError if it cannot be had.

    dead_after_s: connections whose peer acknowledges nothing of what was sent for so long are dropped (RFC
    5482); so a half-open one does not keep its buffers for ever.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise StartError(f"cannot listen on {host!r}: {error.strerror}") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Accepted sockets inherit these.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(dead_after_s * 1000))
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            message = (
                f"{host}:{port} is in use by another program; stop it, or name another port (0: a free one)"
            )
            raise StartError(message) from error
        raise StartError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    return listener


class Serving:
    """Serves an application on one listening socket."""

    def __init__(self, app: ASGIApp) -> None:
        self._config = uvicorn.Config(
            app,
            http="httptools",
            ws="websockets-sansio",
            ws_max_size=_MAX_INCOMING_FRAME,
            # Beats are the heartbeat. A pong would wait behind all that a slow link has still to carry, and a
            # slow link is not a dead one.
            ws_ping_interval=None,
            ws_ping_timeout=None,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            date_header=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
        )
        self._config.load()
        self._state = ServerState()
        self._server: asyncio.Server | None = None

    async def start(self, listener: socket.socket) -> None:
        """Accept connections."""
        protocol: Any = self._config.http_protocol_class
        self._server = await asyncio.get_running_loop().create_server(
            lambda: protocol(config=self._config, server_state=self._state, app_state={}),
            sock=listener,
            backlog=_BACKLOG,
        )

    async def stop(self, drain_s: float) -> None:
        """Accept no more, end live streams at once, let requests under way end within `drain_s` seconds."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._state.connections):
            connection.shutdown()
        tasks = list(self._state.tasks)
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=drain_s)
        if late:
            _log.warning("%d requests did not end within %g s; they are dropped", len(late), drain_s)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=1.0)

"""Serves an ASGI application on a port of its own, without a timer that ticks while nothing happens."""

from __future__ import annotations

import asyncio
from typing import Any

import uvicorn
from uvicorn.server import ServerState

_KEEP_ALIVE_S = 75


class PortError(Exception):
    """The port cannot be listened on."""


class HttpServer:
    """One listening socket. (uvicorn's own `Server` wakes up ten times a second; its protocol does not.)"""

    def __init__(self, app: Any) -> None:
        self._config = uvicorn.Config(
            app,
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            date_header=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
        )
        self._state = ServerState()
        self._server: asyncio.Server | None = None

    async def listen(self, host: str, port: int) -> tuple[str, int]:
        """Listen; port 0 takes a free one. Answers the real address.

        Raises:
            PortError: the port is taken, or the host is not ours.
        """
        self._config.load()
        loop = asyncio.get_running_loop()
        protocol: Any = self._config.http_protocol_class
        try:
            self._server = await loop.create_server(
                lambda: protocol(config=self._config, server_state=self._state, app_state={}), host, port
            )
        except OSError as error:
            raise PortError(
                f"cannot listen on {host}:{port}: {error}. Is another program on that port?"
            ) from error
        name = self._server.sockets[0].getsockname()
        return name[0], name[1]

    async def close(self, deadline_s: float) -> None:
        """Stop listening; let requests under way end within `deadline_s` seconds, then drop them."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._state.connections):
            connection.shutdown()
        tasks = list(self._state.tasks)
        if tasks:
            await asyncio.wait(tasks, timeout=deadline_s)
        for task in tasks:
            task.cancel()

"""Connections that cost more than they bring: of clients that do not say who they are, or what they want, or in time.

Whose connection it is shows with the first request that carries a valid token. Until then it is a stranger's.
"""

from __future__ import annotations

import asyncio
import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from syncproof_products.bundled.relay.guarded import GUARDED, Guarded
from syncproof_products.bundled.relay.reading import Reading
from syncproof_products.bundled.relay.settings import Settings

_log = logging.getLogger(__name__)
#: So often it looks within the time that a request may take.
_LOOKS = 10


class Guard:
    """All connections of a relay; its HTTP is `GuardedHttp`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._connections: set[Guarded] = set()
        self._strangers: dict[Guarded, None] = {}
        self._of_device: dict[str, dict[Guarded, None]] = {}
        self._looking: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._connections)

    def protocol(self, inner: asyncio.Protocol) -> Guarded:
        """The protocol of a new connection, around what serves it."""
        return Guarded(inner, Reading(self._settings.max_head_bytes), self._joined, self._left)

    def app(self, app: ASGIApp) -> ASGIApp:
        """The relay's interface, watched: whose the connection is on which a request comes."""

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            state = scope.setdefault("state", {})
            connection = state.get(GUARDED)

            async def watched_receive() -> Message:
                self._known(connection, state.get("device"))
                return await receive()

            async def watched_send(message: Message) -> None:
                self._known(connection, state.get("device"))
                if message["type"] == "websocket.accept" and connection is not None:
                    connection.reading.upgraded()
                await send(message)

            await app(scope, watched_receive, watched_send)

        return watched

    def end(self, connection: Guarded, why: str) -> None:
        """End a connection, at once."""
        _log.warning("a connection of %s ends: %s", connection.device or "a stranger", why)
        connection.abort()

    def _joined(self, connection: Guarded) -> None:
        self._connections.add(connection)
        self._strangers[connection] = None
        if len(self._strangers) > self._settings.strangers:
            oldest = next(iter(self._strangers))
            self._forget(oldest)
            self.end(oldest, f"there are more than {self._settings.strangers} strangers")
        if self._looking is None:
            self._look_later()

    def _left(self, connection: Guarded) -> None:
        self._connections.discard(connection)
        self._forget(connection)

    def _known(self, connection: Guarded | None, device: str | None) -> None:
        if connection not in self._connections or device is None or connection.device == device:
            return
        self._forget(connection)
        connection.device = device
        own = self._of_device.setdefault(device, {})
        own[connection] = None
        if len(own) > self._settings.connections_per_device:
            oldest = next(iter(own))
            self._forget(oldest)
            self.end(oldest, f"it has more than {self._settings.connections_per_device} connections")

    def _forget(self, connection: Guarded) -> None:
        self._strangers.pop(connection, None)
        own = self._of_device.get(connection.device, {})
        own.pop(connection, None)
        if not own:
            self._of_device.pop(connection.device, None)

    def _look_later(self) -> None:
        self._looking = asyncio.get_running_loop().call_later(self._settings.request_s / _LOOKS, self.look)

    def look(self) -> None:
        """End what takes too long; done every now and then while there are connections."""
        self._looking = None
        settings = self._settings
        for connection in list(self._connections):
            if connection.reading.overdue(
                settings.request_s / _LOOKS, settings.request_s, settings.slow_rate
            ):
                self.end(connection, f"no request came within {settings.request_s:g} s")
        if self._connections:
            self._look_later()

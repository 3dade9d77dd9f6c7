"""Connections that cost more than they bring: of clients that do not say who they are, or what they want, or in time.

Whose connection it is shows with the first request that carries a valid token. Until then it is a stranger's.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from syncproof_products.bundled.relay.guarded import Guarded
from syncproof_products.bundled.relay.replies import header
from syncproof_products.bundled.relay.settings import Settings

_log = logging.getLogger(__name__)
#: So often it looks within the time that a request may take.
_LOOKS = 4


class Guard:
    """All connections of a relay. clock: in seconds, one that never goes back."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self._settings, self._clock = settings, clock
        self._strangers: dict[Guarded, None] = {}
        self._of_device: dict[str, dict[Guarded, None]] = {}
        self._by_peer: dict[object, Guarded] = {}
        self._looking: asyncio.TimerHandle | None = None
        self.ended = 0

    def __len__(self) -> int:
        return len(self._by_peer)

    def protocol(self, inner: asyncio.Protocol) -> Guarded:
        """The protocol of a new connection, around what serves it."""
        return Guarded(
            inner,
            self._settings.max_head_bytes,
            self._settings.max_request_bytes,
            self._clock,
            self._joined,
            self._left,
            self.end,
        )

    def app(self, app: ASGIApp) -> ASGIApp:
        """The relay's interface, watched: which request is under way on which connection, and of whom."""

        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            connection = self._by_peer.get(tuple(scope.get("client") or ()))
            if connection is None:
                await app(scope, receive, send)
                return
            state = scope.setdefault("state", {})
            connection.asked(has_body=_has_body(scope))

            async def watched_receive() -> Message:
                self._known(connection, state.get("device"))
                message = await receive()
                if message["type"] == "http.request" and not message.get("more_body"):
                    connection.body_due = False
                return message

            async def watched_send(message: Message) -> None:
                self._known(connection, state.get("device"))
                await send(message)

            try:
                await app(scope, watched_receive, watched_send)
            finally:
                connection.answered()

        return watched

    def end(self, connection: Guarded, why: str) -> None:
        """End a connection, at once."""
        self.ended += 1
        _log.warning("a connection of %s ends: %s", connection.device or "a stranger", why)
        connection.abort()

    def _joined(self, connection: Guarded) -> None:
        self._by_peer[connection.peer] = connection
        self._strangers[connection] = None
        if len(self._strangers) > self._settings.strangers:
            oldest = next(iter(self._strangers))
            self._forget(oldest)
            self.end(oldest, f"there are more than {self._settings.strangers} strangers")
        if self._looking is None:
            self._look_later()

    def _left(self, connection: Guarded) -> None:
        if self._by_peer.get(connection.peer) is connection:
            del self._by_peer[connection.peer]
        self._forget(connection)

    def _known(self, connection: Guarded, device: str | None) -> None:
        if device is None or connection.device == device or connection.peer not in self._by_peer:
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
        loop = asyncio.get_running_loop()
        self._looking = loop.call_later(self._settings.request_s / _LOOKS, self._look)

    def _look(self) -> None:
        self._looking = None
        for connection in list(self._by_peer.values()):
            if connection.overdue(self._settings.request_s, self._settings.slow_bytes_s):
                self.end(connection, f"no request came within {self._settings.request_s:g} s")
        if self._by_peer:
            self._look_later()


def _has_body(scope: Scope) -> bool:
    length = header(scope, b"content-length") or b"0"
    return scope["type"] == "http" and (length != b"0" or header(scope, b"transfer-encoding") is not None)

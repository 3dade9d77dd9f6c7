"""What was asked of the relay, for its operator: the last requests, in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Entry:
    """One request as answered.

    n: its number, from 1. t_ns: the monotonic clock when its reply began. device: who asked, if proved.
    range: the bytes that were asked for, as the header says it; None for all. Of a part of an upload: where it begins.
    after: the position behind which a page was asked for; None where the request names none.
    """

    n: int
    t_ns: int
    method: str
    path: str
    device: str | None
    status: int
    range: str | None = None
    after: int | None = None


class RequestLog:
    """The last `size` requests."""

    def __init__(self, size: int, monotonic_ns: Callable[[], int]) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self._monotonic_ns = monotonic_ns
        self.total = 0

    def add(
        self,
        method: str,
        path: str,
        device: str | None,
        status: int,
        wanted_range: str | None = None,
        after: int | None = None,
    ) -> None:
        """A request has been answered."""
        self.total += 1
        self._entries.append(
            Entry(self.total, self._monotonic_ns(), method, path[:_PATH], device, status, wanted_range, after)
        )

    def after(self, n: int, limit: int) -> list[Entry]:
        """At most `limit` entries behind n; older ones than the log holds are missing from its start."""
        skipped = max(0, n - (self.total - len(self._entries)))
        return list(islice(self._entries, skipped, skipped + limit))


#: Characters of a path that are kept: none that leads anywhere is longer.
_PATH = 2000
#: No position has as many; Python refuses to read very many.
_DIGITS = 19


class Logged:
    """Writes every request that passes into the log, when its reply begins."""

    def __init__(self, app: ASGIApp, log: RequestLog) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One ASGI request. `scope["state"]["device"]` names the device once it has proved itself."""
        state = scope.setdefault("state", {})
        method = scope.get("method", "LIVE")
        path = scope["path"]

        async def logging_send(message: Message) -> None:
            kind = message["type"]
            if kind in ("http.response.start", "websocket.http.response.start"):
                wanted_range = _range_of(method, scope)
                after = _position(scope["query_string"]) if method == "GET" else None
                self._log.add(method, path, state.get("device"), message["status"], wanted_range, after)
            elif kind == "websocket.accept":
                self._log.add(method, path, state.get("device"), 101)
            await send(message)

        await self._app(scope, receive, logging_send)


def _range_of(method: str, scope: Scope) -> str | None:
    if method == "PATCH":
        offset = _header(scope, b"upload-offset")
        return None if offset is None else f"bytes={offset}-"
    return _header(scope, b"range") if method == "GET" else None


def _header(scope: Scope, name: bytes) -> str | None:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def _position(query: bytes) -> int | None:
    """What `after` says; None where it says no number."""
    said = parse_qs(query.decode("latin-1")).get("after", [""])[0]
    return int(said) if said.isascii() and said.isdecimal() and len(said) < _DIGITS else None

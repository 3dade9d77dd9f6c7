"""HTTP to the homeserver: idle timeouts, and a network that stands still while the device is paused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpcore
import msgspec

from syncproof_agentkit.network import PausableNetwork
from syncproof_agentkit.pause import Pause

#: Connections that one device keeps: its sync, its sends, history, markers, media.
_CONNECTIONS = 8
#: A link may be slower than the idle timeout: after each timeout the next request waits longer, up to so many times,
#: until so many answers in a row came.
_MOST_PATIENCE, _GOOD_STREAK = 3, 20


class ExchangeFailed(Exception):
    """No answer, or one that says that the server is in trouble: it may have happened, and it is worth a retry."""


class Refused(Exception):
    """The homeserver says no. code: its `errcode`. retry_after_s: how long it asks to be left alone."""

    def __init__(self, status: int, code: str, message: str, retry_after_s: float = 0.0) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.retry_after_s = status, code, retry_after_s


@dataclass(frozen=True)
class Answer:
    """A reply's status and content."""

    status: int
    content: bytes


class Http:
    """Requests to one address, `host:port`. Closing it drops every connection."""

    def __init__(self, address: str, idle_timeout_s: float, pause: Pause) -> None:
        self.address = address
        self._idle_s = idle_timeout_s
        self._patience, self._answered = 1, 0
        self._pool = httpcore.AsyncConnectionPool(
            max_connections=_CONNECTIONS, network_backend=PausableNetwork(pause), keepalive_expiry=60.0
        )

    async def close(self) -> None:
        """Drop every connection."""
        await self._pool.aclose()

    async def request(self, method: str, path: str, content: bytes, kind: str, token: str) -> Answer:
        """One exchange. Raises ExchangeFailed where no whole reply came."""
        with self._telling(method, path):
            reply = await self._pool.request(
                method,
                f"http://{self.address}{path}",
                headers=_headers(kind, token),
                content=content,
                extensions=self._extensions(),
            )
        return Answer(reply.status, reply.content)

    @asynccontextmanager
    async def stream(self, path: str, token: str) -> AsyncIterator[tuple[int, AsyncIterator[bytes]]]:
        """Status and pieces of a large reply. Raises ExchangeFailed where it breaks off."""
        with self._telling("GET", path):
            async with self._pool.stream(
                "GET",
                f"http://{self.address}{path}",
                headers=_headers("", token),
                extensions=self._extensions(),
            ) as reply:
                yield reply.status, reply.aiter_stream()

    def _extensions(self) -> dict[str, Any]:
        idle_s = self._idle_s * self._patience
        return {"timeout": {"connect": idle_s, "read": idle_s, "write": idle_s, "pool": None}}

    @contextmanager
    def _telling(self, method: str, path: str) -> Iterator[None]:
        """Turns what a connection can do wrong into ExchangeFailed, and learns how long to wait from what it sees."""
        what = f"{method} {path.partition('?')[0]}"
        try:
            yield
        except httpcore.TimeoutException as error:
            self._patience, self._answered = min(self._patience + 1, _MOST_PATIENCE), 0
            raise ExchangeFailed(f"{what}: nothing came for too long") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise ExchangeFailed(f"{what}: {error or type(error).__name__}") from error
        self._answered += 1
        if self._answered >= _GOOD_STREAK:
            self._patience = 1


def _headers(kind: str, token: str) -> list[tuple[str, str]]:
    found = [("Content-Type", kind)] if kind else []
    return [*found, ("Authorization", f"Bearer {token}")] if token else found


def read_json(answer: Answer, what: str) -> dict[str, Any]:
    """The reply's object. Raises Refused for a no, ExchangeFailed where the server or a proxy is in trouble."""
    try:
        found: dict[str, Any] = msgspec.json.decode(answer.content, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise ExchangeFailed(f"{what}: {answer.status} with something that is not JSON: {error}") from None
    if answer.status >= 500:
        raise ExchangeFailed(f"{what}: {answer.status} {found.get('error', '')}")
    if answer.status >= 400:
        wait_s = float(found.get("retry_after_ms", 0)) / 1000
        raise Refused(
            answer.status, str(found.get("errcode", "")), f"{what}: {found.get('error', '')}", wait_s
        )
    return found

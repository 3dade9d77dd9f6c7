"""HTTP to the relay: streamed bodies, and patience measured in silence, not in duration."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import httpcore

from syncproof_agentkit.network import PausableNetwork
from syncproof_agentkit.pause import Pause
from syncproof_products.bundled.device.connection import SOCKET_OPTIONS, LinkError, link_errors

#: A reply that is kept in memory may be at most this long; blobs go to a sink and may be longer.
MAX_REPLY_BYTES = 64 * 1024 * 1024
#: Bytes of a request that buffers on the way may swallow before the pace of the link shows.
_HIDDEN_BYTES = 256 * 1024
#: A request is sent in pieces, so that even a very slow link takes one before patience ends.
_PIECE_BYTES = 16 * 1024
#: Servers close idle connections after 5 s and more (uvicorn's default): do not race with them.
_KEEP_IDLE_S = 3.0
#: More than a device ever has under way at once.
_CONNECTIONS = 32


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
        return (self.content,)


@dataclass(slots=True)
class Reply:
    """What came back; header names in lower case. content is empty where a sink took it."""

    status: int
    headers: dict[str, str]
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


#: Makes a network whose connections are secured of one whose are not.
Secured = Callable[[httpcore.AsyncNetworkBackend], httpcore.AsyncNetworkBackend]
Sink = Callable[[bytes], None]
OnHead = Callable[[Reply], "Sink | None"]
OnSent = Callable[[int], None]


class HttpClient:
    """Requests to one server over a few kept connections. Paused: it neither sends nor reads, nor loses patience."""

    def __init__(
        self, host: str, port: int, pause: Pause, patience: Patience, secured: Secured | None = None
    ) -> None:
        self.host = host
        self.port = port
        self.patience = patience
        network = PausableNetwork(pause)
        self.network: httpcore.AsyncNetworkBackend = network if secured is None else secured(network)
        self._pool = httpcore.AsyncConnectionPool(
            max_connections=_CONNECTIONS,
            keepalive_expiry=_KEEP_IDLE_S,
            network_backend=self.network,
            socket_options=SOCKET_OPTIONS,
        )

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
        sent: list[tuple[bytes | str, bytes | str]] = [*(headers or {}).items()]
        if body is not None:
            sent.append(("content-length", str(body.size)))
        grace_s = self.patience.for_request(0 if body is None else body.size)
        timeouts = {"connect": self.patience.idle_s, "read": grace_s, "write": grace_s, "pool": None}
        kept = bytearray()

        def keep(chunk: bytes) -> None:
            kept.extend(chunk)
            if len(kept) > MAX_REPLY_BYTES:
                raise LinkError("malformed", f"a reply longer than {MAX_REPLY_BYTES} bytes")

        with link_errors(self.host, self.port, grace_s):
            async with self._pool.stream(
                method,
                f"http://{self.host}:{self.port}{path}",
                headers=sent,
                content=None if body is None else _pieces(body, on_sent),
                extensions={"timeout": timeouts},
            ) as response:
                named = {
                    name.decode("latin-1").lower(): value.decode("latin-1")
                    for name, value in response.headers
                }
                reply = Reply(response.status, named)
                await self._receive(response, (on_head and on_head(reply)) or keep)
        reply.content = bytes(kept)
        return reply

    async def _receive(self, response: httpcore.Response, sink: Sink) -> None:
        async for chunk in response.aiter_stream():
            sink(chunk)

    async def close(self) -> None:
        """Drop every connection; requests under way fail as `closed`."""
        await self._pool.aclose()


async def _pieces(body: Body, on_sent: OnSent | None) -> AsyncIterator[bytes]:
    sent = 0
    for chunk in body.chunks():
        for start in range(0, len(chunk), _PIECE_BYTES):
            piece = chunk[start : start + _PIECE_BYTES]
            yield piece
            sent += len(piece)
            if on_sent is not None:
                on_sent(sent)

"""What asks for a stream and cannot be read is refused, and does not keep the relay from stopping in order."""

from __future__ import annotations

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from syncproof_agentkit.server import HttpServer
from syncproof_products.bundled.relay.guard import Guard
from syncproof_products.bundled.relay.guarded_http import GuardedHttp
from syncproof_products.bundled.relay.settings import Settings

UPGRADE = (
    b"Host: relay\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
UNREADABLE = {
    "with a body": b"GET /live HTTP/1.1\r\n" + UPGRADE + b"Content-Length: 100000\r\n\r\n",
    "a long path": b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + UPGRADE + b"\r\n",
    "a long header": b"GET /live HTTP/1.1\r\n" + UPGRADE + b"X: " + b"a" * 9000 + b"\r\n\r\n",
    "many headers": b"GET /live HTTP/1.1\r\n" + UPGRADE + b"X: 1\r\n" * 200 + b"\r\n",
}


async def live(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.receive()


async def answered(said: bytes) -> tuple[bytes, int]:
    """The first line that it answers, and how many connections there are behind its end."""
    guard = Guard(Settings())
    server = HttpServer(
        guard.app(Starlette(routes=[WebSocketRoute("/live", live)])),
        websockets="websockets-sansio",
        http=GuardedHttp,
        wrapped=lambda http: guard.protocol(http()),
    )
    host, port = await server.listen("127.0.0.1", 0)
    reading, writing = await asyncio.open_connection(host, port)
    writing.write(said)
    line = await asyncio.wait_for(reading.readline(), 30.0)
    await server.close(1.0)
    async with asyncio.timeout(30.0):
        # What is written is read, so that the relay can close.
        await reading.read()
        while len(guard):
            await asyncio.sleep(0)
    writing.close()
    return line, len(guard)


@pytest.mark.parametrize("said", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_stream_that_cannot_be_read_is_refused(said: bytes) -> None:
    assert asyncio.run(answered(said)) == (b"HTTP/1.1 400 Bad Request\r\n", 0)


def test_one_that_can_be_read_is_opened() -> None:
    said = b"GET /live HTTP/1.1\r\n" + UPGRADE + b"\r\n"
    assert asyncio.run(answered(said)) == (b"HTTP/1.1 101 Switching Protocols\r\n", 0)

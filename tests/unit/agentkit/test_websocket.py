"""A WebSocket peer that takes nothing is dropped by pings, however many are waiting to send to it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

import pytest
import uvloop
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from syncproof_agentkit.server import HttpServer

WITHIN_S = 30.0
PING_S = 0.2


class _Talks:
    """Two tasks tell each client as much as it takes."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()

    async def serve(self, websocket: WebSocket) -> None:
        await websocket.accept()
        telling = [asyncio.create_task(self._tell(websocket)) for _ in range(2)]
        try:
            while (await websocket.receive())["type"] != "websocket.disconnect":
                pass
        finally:
            for task in telling:
                task.cancel()
            self.outcomes = await asyncio.gather(*telling, return_exceptions=True)
            self.ended.set()

    async def _tell(self, websocket: WebSocket) -> None:
        while True:
            await websocket.send_text("x" * 100_000)
            await asyncio.sleep(0)


async def _scenario(reads: bool) -> _Talks:
    talks = _Talks()
    server = HttpServer(
        Starlette(routes=[WebSocketRoute("/", talks.serve)]), websockets="websockets", ping_s=PING_S
    )
    host, port = await server.listen("127.0.0.1", 0)
    async with connect(f"ws://{host}:{port}/", proxy=None, compression=None, close_timeout=0.1) as socket:
        if reads:
            deadline = asyncio.get_running_loop().time() + 5 * PING_S
            with contextlib.suppress(ConnectionClosed):
                while asyncio.get_running_loop().time() < deadline:
                    await socket.recv()
            assert not talks.ended.is_set()
        else:
            socket.transport.pause_reading()
            await asyncio.wait_for(talks.ended.wait(), WITHIN_S)
    await server.close(0.1)
    return talks


@pytest.mark.parametrize("reads", [False, True])
def test_only_who_takes_nothing_is_dropped(reads: bool, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        talks: Any = runner.run(_scenario(reads))
    assert [record.message for record in caplog.records] == []
    if not reads:
        assert not any(isinstance(each, AssertionError) for each in talks.outcomes)


def test_one_that_cannot_be_ended_in_order_keeps_no_other_from_it(caplog: pytest.LogCaptureFixture) -> None:
    said = (
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: 1000\r\n\r\n"
    )

    async def story() -> None:
        talks = _Talks()
        app = Starlette(routes=[WebSocketRoute("/", talks.serve)])
        server = HttpServer(app, websockets="websockets-sansio")
        host, port = await server.listen("127.0.0.1", 0)
        reading, writing = await asyncio.open_connection(host, port)
        writing.write(said)
        async with asyncio.timeout(30):
            while not any("WebSocketsSansIO" in type(each).__name__ for each in server._state.connections):
                await asyncio.sleep(0)
            await server.close(1.0)
            with contextlib.suppress(ConnectionResetError):
                assert await reading.read() == b""
        writing.close()

    with caplog.at_level(logging.ERROR):
        asyncio.run(story())
    assert "cannot be ended in order" in caplog.text

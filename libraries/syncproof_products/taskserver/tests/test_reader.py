"""Who follows tasks and never reads: it costs no memory, slows nobody, and is dropped."""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import suppress
from pathlib import Path

import httpx
import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from syncproof_agentkit.server import HttpServer
from syncproof_products.taskserver.server.app import Api
from syncproof_products.taskserver.server.settings import Settings
from syncproof_products.taskserver.server.store import Store

WITHIN_S = 60.0
#: More than all buffers between two sockets take, in requests as large as the server takes.
BATCHES, ITEMS, SIZE = 4, 120, 60_000
TASKS = BATCHES * ITEMS
PING_S = 1.0


async def _told(socket: ClientConnection) -> int:
    """How many changes it is told of until it knows of every task, or the connection has ended."""
    told = 0
    with suppress(ConnectionClosed):
        while told < TASKS:
            told += len(json.loads(await socket.recv()).get("changes", ()))
    return told


async def _scenario(directory: Path) -> None:
    store = Store(directory)
    api = Api(store, Settings(rate_limit=0))
    server = HttpServer(api.app(), websockets="websockets", ping_s=PING_S)
    host, port = await server.listen("127.0.0.1", 0)
    async with httpx.AsyncClient(base_url=f"http://{host}:{port}", trust_env=False, timeout=WITHIN_S) as http:
        for batch in range(BATCHES):
            items = [
                {"action": "create", "id": f"t{batch}.{number}", "content": secrets.token_hex(SIZE // 2)}
                for number in range(ITEMS)
            ]
            answer = await http.post("/repositories/r/batch", json={"items": items})
            assert answer.status_code == 200
    url, everything = f"ws://{host}:{port}/ws", json.dumps({"subscribe": "r", "after": 0})
    async with (
        connect(url, proxy=None, compression=None, max_size=None) as reader,
        connect(
            url, proxy=None, compression=None, max_size=None, close_timeout=0.1, ping_interval=None
        ) as stuck,
    ):
        stuck.transport.pause_reading()  # so that its buffers are full before it is pinged
        await stuck.send(everything)
        await reader.send(everything)
        assert await _told(reader) == TASKS
        while len(api._hub._changed["r"]) > 1:  # the one that reads is told still
            await asyncio.sleep(0.05)
        stuck.transport.resume_reading()
        assert await _told(stuck) < TASKS
    await server.close(0.1)
    store.close()


def test_who_never_reads_is_dropped_and_slows_nobody(tmp_path: Path) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(asyncio.wait_for(_scenario(tmp_path), WITHIN_S))

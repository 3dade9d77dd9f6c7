"""A gateway between client and server answers in the server's place: the server has not decided."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from syncproof_agentkit.server import HttpServer
from syncproof_agentkit.workloads.tasks.store import Operation
from syncproof_products.taskserver.agent.config import Settings
from syncproof_products.taskserver.agent.pushing import Pusher
from syncproof_products.taskserver.agent.store import Store
from syncproof_products.taskserver.broadcast.agent import config as of_broadcast
from syncproof_products.taskserver.broadcast.agent.publishing import Outgoing, Publisher

WITHIN_S = 30.0
PAGES = [502, 200, 404, 502]
PACE: dict[str, Any] = {"retry_base_s": 0.02, "retry_max_s": 0.04, "retry_jitter": 0.0}

Seen = list[tuple[str, dict[str, object]]]


async def _behind_a_gateway(
    answer: Response, run: Callable[[str, Callable[[str, dict[str, object]], None]], Awaitable[None]]
) -> tuple[Seen, list[str]]:
    """What a client tells until it has settled, and the keys of its requests, where pages come before the answer."""
    seen: Seen = []
    keys: list[str] = []
    settled = asyncio.Event()

    def observe(what: str, fields: dict[str, object]) -> None:
        seen.append((what, fields))
        if what in ("ack", "failed"):
            settled.set()

    async def gateway(request: Request) -> Response:
        keys.append(request.headers["idempotency-key"])
        page = len(keys) - 1
        return HTMLResponse("<h1>Bad Gateway</h1>", PAGES[page]) if page < len(PAGES) else answer

    server = HttpServer(Starlette(routes=[Route("/{path:path}", gateway, methods=["POST"])]))
    host, port = await server.listen("127.0.0.1", 0)
    running = asyncio.ensure_future(run(f"{host}:{port}", observe))
    await asyncio.wait_for(settled.wait(), WITHIN_S)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await server.close(0.1)
    return seen, keys


def _judge(seen: Seen, keys: list[str], op_id: str) -> None:
    assert keys == [op_id] * (len(PAGES) + 1)
    assert [fields["op_id"] for what, fields in seen if what in ("ack", "failed")] == [op_id]
    assert [what for what, _ in seen if what in ("ack", "failed")] == ["ack"]
    delays = [fields["delay_ms"] for what, fields in seen if what == "retry"]
    assert delays == pytest.approx([20, 40, 40, 40])


def test_a_change_is_sent_again_under_its_key_spaced_and_bounded(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.accept([Operation("op-1", "plans", "create", "task", "text", 0, "", "", "print", 0, 12.5)])
    change = {
        "id": "task",
        "content": "text",
        "version": 1,
        "seq": 1,
        "by": "Alice",
        "key": "op-1",
        "deleted": False,
    }

    async def run(address: str, observe: Callable[[str, dict[str, object]], None]) -> None:
        await Pusher("Alice", store, Settings(**PACE), random.Random(1), observe).run(address)

    _judge(*asyncio.run(_behind_a_gateway(JSONResponse(change, 201), run)), "op-1")
    store.close()


def test_an_event_is_published_again_under_its_key_spaced_and_bounded() -> None:
    async def run(address: str, observe: Callable[[str, dict[str, object]], None]) -> None:
        publisher = Publisher("Alice", of_broadcast.Settings(**PACE), random.Random(1), observe)
        publisher.submit(Outgoing("op-1", "orders", "created", msgspec.Raw(b"null")))
        await publisher.run(address)

    published = JSONResponse({"channel": "orders", "id": "e"})
    _judge(*asyncio.run(_behind_a_gateway(published, run)), "op-1")

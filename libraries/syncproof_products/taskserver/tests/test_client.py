"""What the client sends again is what it sent before, also when its process was another one."""

from __future__ import annotations

import random
from pathlib import Path

import httpx

from syncproof_agentkit.workloads.tasks.store import Operation
from syncproof_products.taskserver.agent.config import Settings
from syncproof_products.taskserver.agent.pushing import Pusher
from syncproof_products.taskserver.agent.store import Store


def _operation(number: int) -> Operation:
    return Operation(
        f"op-{number}",
        "plans",
        "create",
        f"task-{number}",
        "text",
        0,
        "batch-1",
        "server_wins",
        "print",
        0,
        12.5,
    )


def _next_request(directory: Path) -> bytes:
    store = Store(directory)
    pusher = Pusher("Alice", store, Settings(), random.Random(1), lambda *_: None)
    request = pusher._request(httpx.AsyncClient(base_url="http://server"), store.next_to_send())
    store.close()
    return request.read()


def test_a_batch_comes_again_as_it_was(tmp_path: Path) -> None:
    """Its idempotency key stands for just this content: the server refuses another one under it."""
    store = Store(tmp_path)
    store.accept([_operation(1), _operation(2)])
    store.close()
    first = _next_request(tmp_path)
    assert b"op-2" in first
    assert _next_request(tmp_path) == first

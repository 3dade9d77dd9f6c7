"""What an agent costs: the time of an accepted (durable) operation, and the CPU of an idle device."""

from __future__ import annotations

import http.client
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

from figure import Figure
from syncproof.processes import Launcher

OPERATIONS = 500
BOUND_MS = 4.0
IDLE_S = 5.0
IDLE_BOUND = 1.0


def figures() -> list[Figure]:
    """Start a relay and a live device, measure, stop."""
    with tempfile.TemporaryDirectory() as folder, Launcher.start(Path(folder) / "logs") as launcher:
        place = {"directory": f"{folder}/relay", "host": "127.0.0.1", "port": 0, "secret": "bench"}
        relay = launcher.spawn(
            "relay", "syncproof_products.bundled.relay.main:run", {**place, "settings": {}}
        )
        place["directory"] = f"{folder}/alice"
        alice = launcher.spawn(
            "Alice", "syncproof_products.bundled.agent.main:run", {**place, "device": "Alice", "seed": 1}
        )
        agent = http.client.HTTPConnection("127.0.0.1", int(str(alice.ready["port"])), timeout=30)
        _ask(agent, "PUT", "/links/relay", {"address": f"127.0.0.1:{relay.ready['port']}"})
        _ask(agent, "PUT", "/groups/bench", {"members": ["Alice"]})
        _ask(agent, "POST", "/connect", {})
        _until_quiet(agent, 0)
        took = []
        for number in range(OPERATIONS):
            op_id = f"Alice-{number}"
            body = json.dumps({"op_id": op_id, "text": "x" * 180})
            began = time.perf_counter()
            _ask(agent, "POST", "/ops", {"op_id": op_id, "group": "bench", "kind": "append", "body": body})
            took.append((time.perf_counter() - began) * 1000)
        _until_quiet(agent, OPERATIONS)
        idle = _cpu_percent(alice.pid)
    median = statistics.median(took)
    slow = statistics.quantiles(took, n=20)[-1]
    return [
        Figure(
            "accepted operation, p50",
            median,
            "ms",
            BOUND_MS,
            median <= BOUND_MS,
            f"durable; p95 {slow:.1f} ms",
        ),
        Figure("CPU of an idle live device", idle, "%", IDLE_BOUND, idle <= IDLE_BOUND, f"over {IDLE_S:g} s"),
    ]


def _ask(
    agent: http.client.HTTPConnection, method: str, path: str, content: object = None
) -> dict[str, object]:
    agent.request(method, path, json.dumps(content) if content is not None else None)
    reply = agent.getresponse()
    answer: dict[str, object] = json.loads(reply.read())
    if reply.status >= 400:
        raise RuntimeError(f"{method} {path}: {reply.status} {answer}")
    return answer


def _until_quiet(agent: http.client.HTTPConnection, deliveries: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        status = _ask(agent, "GET", "/status")
        pending = status["pending"]
        assert isinstance(pending, dict)
        if (
            status["connection"] == "live"
            and status["deliveries"] == deliveries
            and not any(pending.values())
        ):
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"not at rest within 30 s: {status}")
        time.sleep(0.01)


def _cpu_percent(pid: int) -> float:
    process = psutil.Process(pid)
    before = process.cpu_times()
    time.sleep(IDLE_S)
    after = process.cpu_times()
    return (after.user + after.system - before.user - before.system) / IDLE_S * 100


if __name__ == "__main__":
    results = figures()
    for figure in results:
        print(f"{figure.name}: {figure.value:.2f} {figure.unit} (bound {figure.bound:g}; {figure.note})")
    sys.exit(0 if all(figure.holds for figure in results) else 1)

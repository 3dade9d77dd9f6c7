"""How long a device that was away takes to catch up on 10,000 events, with a real relay and a real agent."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from figure import Figure
from syncproof.processes import Launcher

EVENTS = 10_000
BATCH = 500
ROUNDS = 3
BOUND_S = 2.0
SECRET = "bench"
TEXT = "x" * 180


def catch_up(launcher: Launcher, directory: Path) -> float:
    """Seconds from the wish to connect to the last of the events in the delivery log, every one durable."""
    place = {"directory": str(directory / "relay"), "host": "127.0.0.1", "port": 0, "secret": SECRET}
    relay = launcher.spawn(
        "relay", "syncproof_products.bundled.relay.main:run", {**place, "settings": {"push_rate": 1e9}}
    )
    place["directory"] = str(directory / "bob")
    agent = launcher.spawn(
        "Bob", "syncproof_products.bundled.agent.main:run", {**place, "device": "Bob", "seed": 1}
    )
    relay_address = f"127.0.0.1:{relay.ready['port']}"
    with (
        httpx.Client(base_url=f"http://127.0.0.1:{agent.ready['port']}", trust_env=False, timeout=30) as bob,
        httpx.Client(base_url=f"http://{relay_address}", trust_env=False, timeout=30) as alice,
    ):
        _asked(bob.put("/links/relay", json={"address": relay_address}))
        _asked(bob.put("/groups/bench", json={"members": ["Alice", "Bob"]}))
        _asked(bob.post("/connect", json={}))
        _until(bob, lambda status: status["connection"] == "live" and status["groups"] == ["bench"])
        _asked(bob.post("/disconnect", json={}))
        _until(bob, lambda status: status["connection"] == "offline")
        _fill(alice)
        began = time.monotonic()
        _asked(bob.post("/connect", json={}))
        _until(bob, lambda status: status["deliveries"] >= EVENTS)
        took = time.monotonic() - began
        last = bob.get(f"/deliveries?after={EVENTS - 1}").json()["deliveries"][0]
        if last["op_id"] != f"Alice-{EVENTS}" or last["n"] != EVENTS:
            raise AssertionError(f"expected Alice-{EVENTS} as number {EVENTS}, seen {last}")
    agent.stop(3.0)
    relay.stop(3.0)
    return took


def figures() -> list[Figure]:
    """The median of a few rounds."""
    with tempfile.TemporaryDirectory() as folder, Launcher.start(Path(folder) / "logs") as launcher:
        rounds = []
        for number in range(ROUNDS):
            directory = Path(folder) / str(number)
            directory.mkdir()
            rounds.append(catch_up(launcher, directory))
    value = statistics.median(rounds)
    seen = ", ".join(f"{took:.2f}" for took in rounds)
    note = f"{EVENTS} events of {len(_event(1)['body'])} bytes, each durable; rounds: {seen} s"
    return [Figure("catch-up of 10,000 events", value, "s", BOUND_S, value <= BOUND_S, note)]


def _event(number: int) -> dict[str, str]:
    op_id = f"Alice-{number}"
    return {"op_id": op_id, "kind": "append", "body": json.dumps({"op_id": op_id, "text": TEXT})}


def _fill(alice: httpx.Client) -> None:
    registered = _asked(alice.post("/devices", json={"device": "Alice", "secret": SECRET}))
    alice.headers["authorization"] = f"Bearer {registered.json()['token']}"
    for first in range(1, EVENTS + 1, BATCH):
        events = [_event(number) for number in range(first, first + BATCH)]
        _asked(alice.post("/rooms/bench/events", json={"events": events}))


def _until(bob: httpx.Client, reached: Callable[[dict[str, Any]], bool]) -> None:
    deadline = time.monotonic() + 60
    while not reached(_asked(bob.get("/status")).json()):
        if time.monotonic() > deadline:
            raise TimeoutError("Bob did not get there within 60 s")
        time.sleep(0.01)


def _asked(reply: httpx.Response) -> httpx.Response:
    reply.raise_for_status()
    return reply


if __name__ == "__main__":
    results = figures()
    for figure in results:
        print(f"{figure.name}: {figure.value:.2f} {figure.unit} (bound {figure.bound:g}): {figure.note}")
    sys.exit(0 if all(figure.holds for figure in results) else 1)

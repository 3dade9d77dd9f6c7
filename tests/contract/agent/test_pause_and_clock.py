"""Pause and clock live around the device: it cannot tell them from a real standby."""

from __future__ import annotations

import time

from tests.contract.agent.table import GROUP, Table, until


def test_a_paused_device_leaves_everything_in_the_network(table: Table) -> None:
    alice, bob = table.syncing("Alice", "Bob")
    bob.post("/pipeline", {"state": "paused"}, 200)
    before = bob.get("/metrics")
    for number in range(10):
        alice.send(number)
    alice.until_delivered(10)

    assert bob.delivered() == []
    assert bob.get("/metrics") == before
    for method, path in (("PUT", f"/groups/{GROUP}"), ("PUT", "/links/relay"), ("POST", "/disconnect")):
        reply = bob.http.request(method, path, json=_content(path, table))
        assert (reply.status_code, reply.json()["code"]) == (423, "paused"), path

    bob.post("/pipeline", {"state": "running"}, 200)
    assert len(bob.until_delivered(10)) == 10
    assert [event["state"] for event in bob.events("pipeline")] == ["paused", "running"]


def _content(path: str, table: Table) -> dict[str, object]:
    if path.startswith("/groups"):
        return {"members": ["Bob"]}
    return {"address": table.address} if path.startswith("/links") else {}


def test_a_standby_by_the_devices_own_clock_is_noticed(table: Table) -> None:
    alice, bob = table.syncing("Alice", "Bob")
    for number in range(5):
        alice.send(number)
    bob.until_delivered(5)
    bob.post("/pipeline", {"state": "paused"}, 200)
    for number in range(5, 20):
        alice.send(number)
    alice.until_delivered(20)
    assert bob.post("/clock", {"advance_ms": 31_000}, 200) == {"offset_ms": 31_000}

    bob.post("/pipeline", {"state": "running"}, 200)

    assert len(bob.until_delivered(20)) == 20
    (wake,) = bob.events("wake")
    assert wake["gap_ms"] >= 31_000
    assert bob.get("/metrics")["wakeCatchUps"] == 1


def test_stamps_follow_the_kernel_and_not_the_devices_clock(table: Table) -> None:
    (alice,) = table.syncing("Alice", retry_base_s=0.05)
    alice.post("/clock", {"offset_ms": 7_200_000}, 200)
    began = time.monotonic_ns()
    alice.send(1)
    alice.until_delivered(1)
    table.relay.kill()
    until(lambda: alice.events("retry"), lambda retries: len(retries) > 0)

    deliveries, events, retries = alice.deliveries(), alice.events(), alice.events("retry")
    now = time.monotonic_ns()  # behind what was asked: it goes on retrying
    assert all(began < delivery["t_ns"] < now for delivery in deliveries)
    assert all(event["t_ns"] < now for event in events)
    assert all(event["due_ns"] < now + 30e9 for event in retries)


def test_a_clock_that_jumps_back_stops_nothing(table: Table) -> None:
    alice, bob = table.syncing("Alice", "Bob")
    bob.post("/clock", {"offset_ms": -3_600_000}, 200)
    alice.send(1)

    assert bob.until_delivered(1) == ["Alice-1"]
    assert bob.status()["connection"] == "live"

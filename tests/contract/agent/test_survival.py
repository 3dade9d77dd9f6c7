"""kill -9, of the device and of the relay, at bad moments: nothing lost, nothing twice."""

from __future__ import annotations

import hashlib
import threading

import httpx
import pytest
from tests.contract.agent.table import Agent, Table, until


def _delivered_before_the_kill(agent: Agent) -> list[str]:
    before = agent.delivered()
    agent.restart_after_kill()
    return before


def test_every_accepted_operation_survives_a_kill_in_a_storm_of_operations(table: Table) -> None:
    alice, bob = table.syncing("Alice", "Bob")
    accepted: list[str] = []

    def storm() -> None:
        try:
            accepted.extend(alice.send(number)["op_id"] for number in range(2000))
        except httpx.HTTPError:
            return

    thread = threading.Thread(target=storm)
    thread.start()
    until(lambda: len(accepted), lambda count: count >= 60)
    alice.process.kill()
    thread.join()
    alice.start()

    # The one that was under way when it died may be there too: it is `info`, neither accepted nor refused.
    bob.until_delivered(len(accepted))
    until(lambda: alice.status()["pending"]["outbox"], lambda outbox: outbox == 0)
    for agent in (alice, bob):
        delivered = agent.until_delivered(len(accepted))
        assert delivered[: len(accepted)] == accepted
        assert len(delivered) <= len(accepted) + 1
    assert alice.status()["incarnation"] == 2


@pytest.mark.parametrize("moment", [1, 40, 120])
def test_a_kill_in_the_middle_of_catch_up_loses_and_doubles_nothing(table: Table, moment: int) -> None:
    alice, bob = table.syncing("Alice", "Bob", page_events=10)
    bob.post("/disconnect", {})
    for number in range(200):
        alice.send(number, "x" * 500)
    alice.until_delivered(200)

    bob.post("/connect", {})
    until(lambda: bob.get("/deliveries?limit=1")["total"], lambda total: total >= moment)
    before = _delivered_before_the_kill(bob)

    # It wanted to be connected, and still does: nobody tells it again.
    assert bob.until_delivered(200) == [f"Alice-{number}" for number in range(200)]
    assert bob.delivered()[: len(before)] == before
    assert [delivery["n"] for delivery in bob.deliveries()] == list(range(1, 201))


def test_an_operation_is_idempotent_across_a_restart(table: Table) -> None:
    (alice,) = table.syncing("Alice")
    op = alice.op(1)
    first = alice.post("/ops", op)
    alice.until_delivered(1)
    alice.restart_after_kill()

    again = alice.post("/ops", op)

    assert again["seen"] == first["seen"] == 0
    assert again["version"] == "1"
    conflict = alice.post("/ops", {**op, "body": alice.op(1, "other")["body"]}, 409)
    assert conflict["code"] == "op_conflict"
    assert alice.until_delivered(1) == ["Alice-1"]


def test_the_outbox_survives_and_leaves_when_there_is_a_relay(table: Table) -> None:
    alice, bob = table.syncing("Alice", "Bob")
    alice.post("/disconnect", {})
    for number in range(10):
        alice.send(number)
    alice.restart_after_kill()
    assert alice.status()["pending"]["outbox"] == 10
    assert alice.status()["connection"] == "offline"

    alice.post("/connect", {})

    assert bob.until_delivered(10) == [f"Alice-{number}" for number in range(10)]


def test_a_killed_relay_is_found_again_and_has_everything(table: Table) -> None:
    alice, bob = table.syncing("Alice", "Bob", retry_base_s=0.05, retry_max_s=0.2)
    port = int(str(table.relay.ready["port"]))
    for number in range(20):
        alice.send(number)
    table.relay.kill()
    for number in range(20, 40):
        alice.send(number)
    until(bob.status, lambda status: status["connection"] == "connecting")

    table.start_relay(port)

    assert bob.until_delivered(40) == [f"Alice-{number}" for number in range(40)]
    assert alice.until_delivered(40) == bob.delivered()
    assert bob.get("/metrics")["reconnects"] >= 1


def test_blobs_and_markers_survive(table: Table) -> None:
    (alice,) = table.syncing("Alice")
    content = b"photo" * 1000
    digest = hashlib.sha256(content).hexdigest()
    assert alice.http.put(f"/blobs/{digest}", content=content).status_code == 201
    alice.send(1, blobs=[{"digest": digest, "size": len(content), "name": "photo.jpg"}])
    alice.until_delivered(1)
    alice.put("/marker", {"group": "room", "version": "1", "n": 1})
    until(lambda: alice.get("/marker?group=room"), lambda marker: marker["remote"] is not None)
    before = alice.get("/marker?group=room")
    alice.restart_after_kill()

    assert alice.http.get(f"/blobs/{digest}").content == content
    assert alice.get("/marker?group=room") == before
    assert alice.http.put(f"/blobs/{digest}", content=content).status_code == 200

from __future__ import annotations

from tests.contract.agent.table import Table


def test_two_agents_exchange_messages_in_one_order(table: Table) -> None:
    alice, bob = table.syncing("Alice", "Bob")
    for number in range(20):
        alice.send(number)
        bob.send(number)

    assert len(alice.until_delivered(40)) == 40
    assert alice.delivered() == bob.until_delivered(40)
    for agent in (alice, bob):
        own = [op_id for op_id in agent.delivered() if op_id.startswith(agent.name)]
        assert own == [f"{agent.name}-{number}" for number in range(20)]
        assert agent.get(f"/ops/{agent.name}-19")["state"] == "acked"


def test_an_agent_that_was_offline_catches_up_in_pages(table: Table) -> None:
    alice, bob = table.syncing("Alice", "Bob", page_events=20)
    bob.post("/disconnect", {})
    for number in range(100):
        alice.send(number)
    alice.until_delivered(100)

    bob.post("/connect", {})

    assert bob.until_delivered(100) == [f"Alice-{number}" for number in range(100)]
    assert {delivery["path"] for delivery in bob.deliveries()} <= {"catchup", "backfill"}
    assert bob.get("/metrics")["catchupBatches"] >= 5

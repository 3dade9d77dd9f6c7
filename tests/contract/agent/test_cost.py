"""What an agent costs: little for an operation, nothing while idle, no memory for a backlog."""

from __future__ import annotations

import time

import psutil
from tests.contract.agent.table import Table, until


def test_an_idle_agent_that_is_live_uses_no_cpu(table: Table) -> None:
    (alice,) = table.syncing("Alice")
    process = psutil.Process(alice.process.pid)
    until(lambda: alice.status()["pending"]["markers"], lambda markers: markers == 0)
    before = process.cpu_times()
    time.sleep(3)  # what is measured is that nothing happens in this time
    after = process.cpu_times()

    assert after.user + after.system - before.user - before.system <= 0.03


def test_a_backlog_is_read_in_bounded_memory(table: Table) -> None:
    alice, bob = table.syncing("Alice", "Bob")
    bob.post("/disconnect", {})
    until(bob.status, lambda status: status["connection"] == "offline")
    for number in range(600):
        alice.send(number, "x" * 32_000)
    alice.until_delivered(600, 60)
    memory = psutil.Process(bob.process.pid)
    before = memory.memory_info().rss

    bob.post("/connect", {})
    peak = before
    while bob.get("/deliveries?limit=1")["total"] < 600:
        peak = max(peak, memory.memory_info().rss)

    # The backlog is 19 MB.
    assert max(peak, memory.memory_info().rss) - before < 9_000_000

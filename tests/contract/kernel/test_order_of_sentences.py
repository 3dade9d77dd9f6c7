"""What one sentence has looked at changes nothing for the next."""

from __future__ import annotations

from tests.contract.kernel.conftest import Scenario


def test_a_marker_that_the_harness_read_was_not_advanced(scenario: Scenario) -> None:
    scenario.tell(
        "Alice and Bob are syncing",
        "Bob's last sync marker is at message 20",
        "Bob falls asleep",
        "Alice sends messages 21 to 60",
        "Bob wakes up 60 seconds later",
        "Bob should receive messages 21 to 60 within 30 seconds",
        "Bob should have no duplicates",
        "Bob should run catch-up before advancing his marker",
    )
    assert scenario.end() == ""


def test_a_fault_without_a_proof_yet_does_not_hide_a_silence(scenario: Scenario) -> None:
    scenario.tell(
        "Alice and Bob are syncing",
        "Alice sends 20 messages",
        "Bob's network goes silent after he has received 5 messages",
        "Bob's network is restored after 40 seconds",
        "Bob should receive all 20 messages within 60 seconds",
        "Alice's latency is set to 1000 seconds",
        "Bob should have noticed the silence",
    )
    (latency,) = (edges for edges in scenario.world.history.faults.values() if edges[0].kind == "latency")
    assert len(latency) == 1

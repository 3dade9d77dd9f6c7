"""A link that is to be slower has to be slower than before: what would change nothing passes for no fault."""

from __future__ import annotations

import pytest
from tests.contract.kernel.conftest import Scenario

from syncproof.evidence.records import Fault
from syncproof.kernel.trouble import InvalidScenario

MEET = "Alice and Bob are syncing"
#: Typing errors: what is no fault at all, and the reason. TIME_SCALE is 0.1 here.
NO_FAULT = {
    "Bob's bandwidth is limited to 50 MB/s": "limited to 50 MB/s with TIME_SCALE 0.1: a limit of 500000 KB/s cannot be",
    "Bob's bandwidth is limited to 2 MB/s": "cannot be seen, but one from 1 KB/s to 18 MB/s can",
    "Bob's bandwidth is limited to 0 KB/s": "a limit of 0 KB/s cannot be seen",
    "Bob's upstream bandwidth is limited to 2 MB/s": "cannot be seen, but one from 1 KB/s to 18 MB/s can",
    "Bob's latency is set to 0 ms": "a latency of 0 ms makes nothing slower: 1 ms is the least",
    "Bob's latency is set to 5 ms": "cannot be 5 ms with TIME_SCALE 0.1: a latency of 0.5 ms",
    "Bob's upstream latency is set to 0 seconds": "a latency of 0 ms",
    "Bob's latency both ways is set to 0 seconds": "a latency of 0 ms",
    "Bob's latency varies by 0 ms around 0 ms": "a latency of 0 ms",
    "Bob's traffic arrives in pieces of 20 MB": "pieces of 20000000 bytes cannot be seen",
    "Bob's packets take 0 ms each way": "A line that takes no time is no fault",
    "Bob's packet rate is limited to 1 B/s": "carries no packet in a second",
    "Bob's network loses 0% of its packets": "A loss of 0% of the packets is none",
    "Bob's traffic arrives in pieces of 0 B": "pieces of 0 bytes cannot be seen",
}


def proved(scenario: Scenario) -> list[str]:
    """The kinds of faults that were seen to take effect."""
    return [edge.kind for edge in scenario.world.history.of(Fault) if edge.edge == "proved"]


@pytest.mark.parametrize("sentence", NO_FAULT)
def test_what_makes_no_link_slower_is_refused(scenario: Scenario, sentence: str) -> None:
    scenario.tell(MEET)
    with pytest.raises(InvalidScenario) as told:
        scenario.tell(sentence)
    assert NO_FAULT[sentence] in str(told.value)
    assert scenario.world.faults.entries == []


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Bob's latency is set to 2000 ms", "latency"),
        ("Bob's latency varies by 1500 ms around 1500 ms", "latency"),
        ("Bob's bandwidth is limited to 100 KB/s", "bandwidth"),
        ("Bob's upstream bandwidth is limited to 100 KB/s", "bandwidth"),
        ("Bob's traffic arrives in pieces of 20 B", "slicing"),
    ],
)
def test_what_makes_a_link_slower_is_seen(scenario: Scenario, sentence: str, kind: str) -> None:
    scenario.tell(
        MEET,
        sentence,
        "Alice sends 20 messages over 40 seconds",
        "Bob should receive all 20 messages within 60 seconds",
    )
    assert scenario.end() == ""
    assert proved(scenario) == [kind]


def test_a_limit_above_the_one_that_is_there_is_inconclusive(scenario: Scenario) -> None:
    scenario.tell(
        MEET,
        "Bob's bandwidth is limited to 20 KB/s",
        "Bob's bandwidth is limited to 100 KB/s",
        "Alice sends 20 messages over 50 seconds",
        "Bob should receive all 20 messages within 60 seconds",
    )
    assert "the bandwidth (1000 KB/s) on Bob was never seen to take effect" in scenario.end()
    assert proved(scenario) == ["bandwidth"]


def test_connections_that_would_only_break_off_far_behind_all_that_is_sent_are_inconclusive(
    scenario: Scenario,
) -> None:
    scenario.tell(
        MEET,
        "Bob's connections break off after 50 MB",
        "Alice sends 20 messages over 20 seconds",
        "Bob should receive all 20 messages within 60 seconds",
    )
    assert "the truncation (after 50000000 bytes) on Bob was never seen to take effect" in scenario.end()


def test_a_latency_on_top_of_another_is_seen(scenario: Scenario) -> None:
    scenario.tell(
        MEET,
        "Bob's latency is set to 2000 ms",
        "Bob's latency is set to 2000 ms",
        "Alice sends 20 messages over 20 seconds",
        "Bob should receive all 20 messages within 60 seconds",
    )
    assert scenario.end() == ""
    assert proved(scenario) == ["latency", "latency"]


def test_a_connection_that_would_flap_once_does_not_flap(scenario: Scenario) -> None:
    scenario.tell(MEET, "Alice sends 10 messages over 10 seconds")
    with pytest.raises(
        InvalidScenario,
        match=r"would go once in all: messages are sent for 1\.0 s, and a flap every 300 seconds",
    ):
        scenario.tell("Bob's connection flaps every 5 minutes")


@pytest.mark.parametrize(
    ("before", "why"),
    [
        ("Bob's network goes silent after he has received 2 messages", "Bob's network is silent"),
        ("the relay is paused after Bob has received 2 messages", "the relay is paused"),
    ],
)
def test_where_nothing_is_answered_nothing_is_made_slower(scenario: Scenario, before: str, why: str) -> None:
    scenario.tell(MEET, "Alice sends 5 messages", before)
    with pytest.raises(InvalidScenario) as told:
        scenario.tell("Bob's latency is set to 2000 ms")
    assert f"Bob cannot be seen to be slower while {why}" in str(told.value)

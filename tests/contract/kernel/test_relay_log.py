"""The relay's request log: nobody is judged by one that has lost its past."""

from __future__ import annotations

import pytest
from tests.contract.kernel.conftest import Scenario

ONCE = "Bob should have fetched Alice's attachment once"
STORY = ("Alice and Bob are syncing", "Alice sends a message with an attachment of 20 KB")
THERE = "Bob should have all attachments within 20 seconds"


def test_a_log_of_the_whole_scenario_is_judged_by(scenario: Scenario) -> None:
    scenario.tell(*STORY, THERE, ONCE)
    assert scenario.end() == ""


def test_a_log_that_died_with_the_relay_shows_nothing(scenario: Scenario) -> None:
    scenario.tell(
        *STORY,
        THERE,
        "Alice sends 10 messages",
        "the relay is killed after Bob has received 3 messages",
        "the relay is restarted after 1 second",
    )
    with pytest.raises(AssertionError, match=r"inconclusive: the relay was killed in this scenario"):
        scenario.tell(ONCE)
    scenario.world.read_evidence()
    (said,) = (
        line for line in scenario.world.history.lines if getattr(line, "checker", "") == "fetched_once"
    )
    assert getattr(said, "result", "") == "unknown"


def test_what_was_asked_in_an_earlier_test_is_no_hole(scenario: Scenario) -> None:
    """Nor is what this one has read already."""
    scenario.tell(*STORY, THERE, ONCE, ONCE)
    assert scenario.end() == ""

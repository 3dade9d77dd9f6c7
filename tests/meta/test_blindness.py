"""Each way in which the kit itself could be blind fails a test that would pass, with a message that says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.meta.blinders import WAYS
from tests.meta.child_run import NO_LOG, QUICK, Ended, suite
from tests.meta.conftest import Start

MEET = "Given Alice and Bob are syncing\n"
FIVE = "When Alice sends 5 messages\nThen Bob should receive all 5 messages within 10 seconds\n"
#: Way: a story that passes with open eyes (but one, which is too slow), and what the message must say with closed ones.
STORIES: dict[str, tuple[str, str]] = {
    "a recorder that drops a line": (FIVE, "Whole_record: unknown: behind line "),
    "a cut that does not cut": (
        "And Bob's network is cut\n"
        "When Alice sends 5 messages\n"
        "And Bob's network is restored after 1 second\n"
        "Then Bob should receive all 5 messages within 10 seconds",
        "the cut on Bob was never seen to take effect",
    ),
    "rest taken for granted": (FIVE + "And Bob should have no duplicates", "Rest: unknown: nobody was asked"),
    "an inconclusive verdict that passes": (
        FIVE + "And Bob's circuit breaker should have opened at least 1 time",
        "Breaker_opened: inconclusive: ",
    ),
    "a deadline that starts anew with every delivery": (
        "And Bob's bandwidth is limited to 15 KB/s\n"
        "When Alice sends 100 messages of 20 KB\n"
        "Then Bob should receive all 100 messages within 1 second",
        " messages came later.",
    ),
    "a restarted device that nobody judges": (
        "When Alice sends 20 messages\n"
        "And Bob is killed after he has received 10 messages\n"
        "And Bob starts again after 1 second",
        "Bob's agent could not be read to its end",
    ),
    "presence forgotten": (
        "When Alice sends 20 messages\n"
        "And Bob is killed after he has received 10 messages\n"
        "And Bob starts again after 1 second",
        "nobody asked Bob, whose process runs, what is pending",
    ),
}


@pytest.fixture(scope="module")
def ended(start_shared: Start, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    library = Path(__file__).parent / "blinders.py"
    tests = {way.capitalize(): f"Go Blind    {way}\n{MEET}{story}" for way, (story, _) in STORIES.items()}
    path = suite(tmp_path_factory.mktemp("suite"), tests, settings=f"Library    {library}\n")
    return start_shared(*QUICK, *NO_LOG, "--variable", "SLACK:1", path).end()


def test_there_is_a_story_for_each_way() -> None:
    assert STORIES.keys() == WAYS.keys()


@pytest.mark.parametrize("way", STORIES)
def test_a_blind_kit_is_found_out(ended: Ended, way: str) -> None:
    outcome = ended.tests[way.capitalize()]
    assert outcome.status == "FAIL"
    assert STORIES[way][1] in outcome.message, outcome.message

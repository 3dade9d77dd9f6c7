"""Bugs of the system that is tested: the message names the messages that are concerned, asked for or not."""

from __future__ import annotations

import pytest
from tests.meta.child_run import NO_LOG, QUICK, Ended, suite
from tests.meta.conftest import Start

INTERRUPTED = (
    "Given Alice and Bob are syncing\n"
    "When Alice sends 10 messages\n"
    "And Bob's network is cut after he has received 5 messages\n"
    "And Bob's network is restored after 1 second\n"
)
TESTS = {
    "Asked": INTERRUPTED + "Then Bob should have no duplicates\nAnd Bob's messages should be in order",
    "Found at the end": INTERRUPTED + "Then Bob should be syncing again within 10 seconds",
}
#: Defect: what the message must say, whether the scenario asks for it or its end finds it.
BUGS: dict[str, tuple[str, ...]] = {
    "goes_back_one_on_reconnection": (
        "No_duplicates: Bob got 1 operation twice: Alice #5.",
        "Concerned (1): Alice #5.",
        "Fault: cut on Bob, from ",
    ),
    "reorders_page": ("Sender_order: Bob got ", " after a later one of the same author: Alice #"),
    # Which one that is depends on how many came in that page, and how many live behind it.
    "drops_last_of_page": ("No_loss: Bob lost ", " of 10: Alice #", "Concerned (", "): Alice #"),
}


@pytest.fixture(scope="module")
def runs(start_shared: Start, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    path = suite(tmp_path_factory.mktemp("suite"), TESTS)
    started = {name: start_shared(*QUICK, *NO_LOG, "--variable", f"DEFECT:{name}", path) for name in BUGS}
    return {name: run.end() for name, run in started.items()}


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("name", BUGS)
def test_a_bug_is_told_by_the_messages_it_concerns(runs: dict[str, Ended], name: str, test: str) -> None:
    outcome = runs[name].tests[test]
    assert outcome.status == "FAIL"
    for words in BUGS[name]:
        assert words in outcome.message, outcome.message
    assert len(outcome.message.splitlines()) <= 12


@pytest.mark.parametrize("name", BUGS)
def test_the_evidence_does_not_know_the_bug_and_nothing_is_left(runs: dict[str, Ended], name: str) -> None:
    runs[name].check(status=2)
    assert (runs[name].output / "defects_ran.txt").read_text() == f"{name}\n"
    assert name not in runs[name].history("Asked")

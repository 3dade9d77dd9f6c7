"""`robot --dryrun` finds what is misspelt before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.meta.child_run import Ended, suite
from tests.meta.conftest import Start

WRONG: dict[str, tuple[str, str]] = {
    "Misspelt device": ("Given Alice and Bbo are syncing", "There is no device 'Bbo'. Did you mean Bob?"),
    "Nobody like that": ("When Zoltan sends 3 messages", "There is no device 'Zoltan'. Devices: Alice, Bob,"),
    "One device twice": ("Given Bob and Bob are syncing", "'Bob and Bob' names a device twice."),
    "A rate for a duration": (
        "When Bob's network is restored after 3 KB/s",
        "'3 KB/s' is not a duration: 'KB/s' is not one of its units. Write it like '10 seconds'",
    ),
    "A duration for a rate": ("When Bob's bandwidth is limited to 10 ms", "'10 ms' is not a rate"),
    "No unit": ("When Bob's latency is set to 200", "'200' is not a duration: the unit is missing."),
    "A negative duration": ("When Bob's latency is set to -1 s", "it must not be negative"),
    "No number": ("When Bob sends many messages", "Argument 'count' got value 'many'"),
    "No pronoun": (
        "When Bob's network is cut after who has received 3 messages",
        "'who' does not fit here: write one of he, she, it, they.",
    ),
    "Unknown sentence": ("When Bob buys 3 apples", "No keyword with name 'When Bob buys 3 apples' found."),
    "Nearly a sentence": (
        "When Bob's network gets cut",
        "No keyword with name 'When Bob's network gets cut' found. Did you mean '${device}'s network is cut'",
    ),
}


@pytest.fixture(scope="module")
def ended(start_shared: Start, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    tests = {title: step for title, (step, _) in WRONG.items()}
    tests["Right"] = "Given Alice and Bob are syncing\nWhen Bob's latency is set to 200 ms"
    return start_shared("--dryrun", suite(tmp_path_factory.mktemp("suite"), tests)).end()


@pytest.mark.parametrize("title", WRONG)
def test_a_dry_run_says_what_is_wrong(ended: Ended, title: str) -> None:
    outcome = ended.tests[title]
    assert outcome.status == "FAIL"
    assert WRONG[title][1] in outcome.message


def test_nothing_is_started_in_a_dry_run(ended: Ended) -> None:
    assert ended.tests["Right"].status == "PASS"
    ended.check(status=len(WRONG))
    assert not (ended.output / "history").exists()


def test_a_wrong_value_fails_the_same_way_when_it_runs(start: Start, tmp_path: Path) -> None:
    step, words = WRONG["A rate for a duration"]
    ended = start(suite(tmp_path, {"Wrong": step})).end()
    assert words in ended.tests["Wrong"].message
    ended.check(status=1)

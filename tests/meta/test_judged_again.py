"""A history alone can be judged again: what every check said while a scenario ran it says again of the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contract.kernel.conftest import histories
from tests.meta.child_run import NO_LOG, QUICK, Ended, suite
from tests.meta.conftest import Start

from syncproof.evidence.history import History
from syncproof.evidence.rejudge import rejudge
from syncproof.kernel.sentence import parse
from syncproof.kernel.world import World
from syncproof.systems.simulated.bed import SimulatedBed
from syncproof_products.bundled.driver.simulated import SimulatedBundled

STORIES = {
    "Holds": (
        "Given Alice and Bob are syncing\n"
        "When Alice sends 20 messages\n"
        "And Bob's network is cut after he has received 10 messages\n"
        "And Bob's network is restored after 1 second\n"
        "Then Bob should receive all 20 messages within 10 seconds\n"
        "And Bob should have caught up on reconnection\n"
        "And Bob's marker should reach message 20 within 10 seconds\n"
        "And Bob should have scheduled retries\n"
        "And recovery should have taken at most 10 seconds"
    ),
    "Fails": (
        "Given Alice and Bob are syncing\n"
        "And Bob goes offline\n"
        "When Alice sends 5 messages\n"
        "Then Bob should receive all 5 messages within 1 second"
    ),
}


@pytest.fixture(scope="module")
def ended(start_shared: Start, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    return start_shared(*QUICK, *NO_LOG, suite(tmp_path_factory.mktemp("suite"), STORIES)).end()


def history_of(ended: Ended, title: str) -> Path:
    (path,) = (ended.output / "history").glob(f"*{title.lower()}*.jsonl")
    return path


@pytest.fixture
def without_rest(tmp_path: Path) -> World:
    """A scenario in virtual time whose sender can never be rid of what it has."""
    world = World(SimulatedBed(SimulatedBundled(1), histories(tmp_path), 1), "no rest")
    for sentence in ("Alice and Bob are syncing", "Alice's network is cut", "Alice sends 5 messages"):
        world.perform(parse(sentence))
    said = (
        r"to come to rest; Alice still has \d+ things to do \(outbox: .*\)\.\nSeen at .*: Alice is connecting"
    )
    with pytest.raises(AssertionError, match=said):
        world.perform(parse("Bob should have no duplicates"))
    world.finish(failed=True)
    return world


def test_what_did_not_come_to_rest_is_judged_as_it_was(without_rest: World) -> None:
    verdicts = list(rejudge(History.load(without_rest.history_path)))
    assert ("rest", "fail") in {(said.checker, said.result) for said, _ in verdicts}
    for said, again in verdicts:
        assert (again.result, again.message) == (said.result, said.message), said.checker


@pytest.mark.parametrize(
    ("title", "status", "check"), [("Holds", "PASS", "marker_reaches"), ("Fails", "FAIL", "delivery")]
)
def test_a_file_is_judged_as_its_scenario_was(ended: Ended, title: str, status: str, check: str) -> None:
    assert ended.tests[title].status == status, ended.tests[title].message
    verdicts = list(rejudge(History.load(history_of(ended, title))))
    assert check in {said.checker for said, _ in verdicts}
    assert len(verdicts) > 15, "the checks of the end as well"
    for said, again in verdicts:
        assert (again.result, again.message) == (said.result, said.message), said.checker

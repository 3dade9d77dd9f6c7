"""Scenarios in virtual time: the sentences of their suites, the world, the history and the checkers, and no process."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pytest
from robot.api import TestSuite as Suite
from tests.contract.kernel.conftest import histories
from tests.meta.child_run import ROOT

import syncproof_defects as defects
from syncproof.evidence import records
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario
from syncproof.kernel.world import World
from syncproof.keywords.skips import steps_of
from syncproof.systems.simulated.bed import SimulatedBed
from syncproof_products.bundled.driver.simulated import SimulatedBundled

L_1_1 = "resilience/network_interruption.robot"
#: Suites whose tests run in virtual time by now, all but those that slow a link down.
SUITES = [
    "catchup/normal_network.robot",
    "catchup/offline_from_the_start.robot",
    "conflict/concurrent_edits.robot",
    "conflict/rapid_edits.robot",
    "conflict/resolution.robot",
    "resilience/interruption_at_the_end.robot",
    "resilience/interruption_at_the_start.robot",
    "resilience/interruption_of_the_sender.robot",
    "resilience/relay_restart.robot",
]
SLOW_LINK = ("conflict/resolution.robot", "A resolution is built on before it has come back")


def stories(suite: str) -> dict[str, Sequence[Sentence]]:
    """The tests of a suite file as sentences."""
    return {test.name: steps_of(test) for test in Suite.from_file_system(ROOT / "suites" / suite).tests}


def run(folder: Path, suite: str = L_1_1, test: str = "", seed: int = 1) -> World:
    """Perform the sentences of a test. Raises AssertionError for the first that does not hold, or what its end says."""
    found = stories(suite)
    story = found[test] if test else next(iter(found.values()))
    assert story, "a test without a sentence shows nothing"
    world = World(SimulatedBed(SimulatedBundled(seed), histories(folder), seed), test or suite)
    try:
        for sentence in story:
            world.perform(sentence)
    except BaseException:
        world.finish(failed=True)
        raise
    if problem := world.finish(failed=False):
        raise AssertionError(problem)
    return world


def lines(world: World) -> list[bytes]:
    """The history behind its header."""
    return world.history_path.read_bytes().splitlines()[1:]


def test_an_interruption_costs_time_and_no_message(tmp_path: Path) -> None:
    # Of this process: how long it has to wait for a processor says nothing of it.
    began = time.process_time()
    world = run(tmp_path)
    took_s = time.process_time() - began
    start, proved, end = world.history.of(records.Fault)
    assert [start.edge, proved.edge, end.edge] == ["start", "proved", "end"]
    assert (end.t_ns - start.t_ns) / 1e9 == pytest.approx(10.0, abs=0.1)
    delivered = [each.op_id.rpartition("/")[2] for each in world.history.delivered("Bob").values()]
    assert delivered == [str(number) for number in range(1, 51)]
    judged = {line.checker: line.result for line in world.history.of(records.Verdict)}
    assert set(judged.values()) == {"pass"}
    assert {"no_loss", "no_duplicates", "sender_order", "fault_effect"} <= judged.keys()
    virtual_s = (world.scheduler.now() - world.opened_ns) / 1e9
    assert took_s < virtual_s, f"{virtual_s:.1f} s of virtual time took {took_s:.1f} s"


@pytest.mark.parametrize(
    ("suite", "test"),
    [each for suite in SUITES for each in product([suite], stories(suite)) if each != SLOW_LINK],
    ids=lambda word: word,
)
def test_a_suite_holds_in_virtual_time(tmp_path: Path, suite: str, test: str) -> None:
    run(tmp_path, suite, test)


def test_a_link_in_memory_that_cannot_be_slow_says_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidScenario, match=r"'bandwidth' .* cannot be put on a link in memory"):
        run(tmp_path, *SLOW_LINK)


def test_one_seed_gives_one_history_and_another_seed_another(tmp_path: Path) -> None:
    first = lines(run(tmp_path, seed=7))
    assert lines(run(tmp_path, seed=7)) == first
    assert lines(run(tmp_path, seed=8)) != first


@pytest.mark.parametrize(
    ("defect", "suite", "said"),
    [
        ("drops_last_of_page", L_1_1, "Missing (1): Alice #50."),
        ("never_reconnects_after_cut", L_1_1, "Delivery: expected Bob to receive all 50 messages within"),
        ("goes_back_one_on_reconnection", L_1_1, "No_duplicates: "),
        ("reorders_page", L_1_1, "Sender_order: "),
        ("last_writer_wins", "conflict/concurrent_edits.robot", "expected Alice and Bob to keep both"),
    ],
)
def test_a_declared_defect_is_caught_by_the_same_check(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], defect: str, suite: str, said: str
) -> None:
    """Product and harness share a process: the defect is undone, and the next run passes again."""
    with defects.apply([defect]), pytest.raises(AssertionError, match=re.escape(said)):
        run(tmp_path, suite)
    assert f"defect {defect} ran" in capfd.readouterr().err
    run(tmp_path, suite)

"""Plan L-1.1 in virtual time: the sentences of its suite, the world, the history and the checkers, and no process."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from tests.contract.kernel.conftest import histories
from tests.meta.child_run import ROOT

import syncproof_defects as defects
from syncproof.evidence import records
from syncproof.kernel.sentence import parse
from syncproof.kernel.world import World
from syncproof.systems.simulated.bed import SimulatedBed
from syncproof_products.bundled.driver.simulated import SimulatedBundled

SUITE = ROOT / "suites" / "resilience" / "network_interruption.robot"
_STEP = re.compile(r"^\s+(?:Given|When|And|Then|But) (.+)$", re.MULTILINE)


def story(suite: Path) -> list[str]:
    """The sentences of a suite with one test."""
    return _STEP.findall(suite.read_text())


def run(folder: Path, seed: int = 1) -> World:
    """Perform the suite's sentences. Raises AssertionError for the first that does not hold, or what its end says."""
    world = World(SimulatedBed(SimulatedBundled(seed), histories(folder), seed), "L-1.1")
    try:
        for sentence in story(SUITE):
            world.perform(parse(sentence))
    except BaseException:
        world.finish(failed=True)
        raise
    if problem := world.finish(failed=False):
        raise AssertionError(problem)
    return world


def lines(world: World) -> list[bytes]:
    """The history behind its header."""
    return world.history_path.read_bytes().splitlines()[1:]


def test_the_sentences_of_the_suite_hold_and_the_fault_is_proved(tmp_path: Path) -> None:
    began = time.monotonic()
    world = run(tmp_path)
    took_s = time.monotonic() - began
    edges = [line.edge for line in world.history.of(records.Fault)]
    assert edges == ["start", "proved", "end"]
    cut, _, restored = (line.t_ns for line in world.history.of(records.Fault))
    assert (restored - cut) / 1e9 == pytest.approx(10.0, abs=0.1)
    assert [each.op_id for each in world.history.delivered("Bob").values()] == [
        f"l-1-1/Alice/{number}" for number in range(1, 51)
    ]
    judged = {line.checker: line.result for line in world.history.of(records.Verdict)}
    assert set(judged.values()) == {"pass"}
    assert {"no_loss", "no_duplicates", "sender_order", "fault_effect"} <= judged.keys()
    assert took_s < (world.scheduler.now() - world.opened_ns) / 1e9, (
        "virtual time is not slower than real time"
    )


def test_one_seed_gives_one_history_and_another_seed_another(tmp_path: Path) -> None:
    first = lines(run(tmp_path, seed=7))
    assert lines(run(tmp_path, seed=7)) == first
    assert lines(run(tmp_path, seed=8)) != first


@pytest.mark.parametrize(
    ("defect", "said"),
    [
        ("drops_last_of_page", "Missing (1): Alice #50."),
        ("never_reconnects_after_cut", "Delivery: expected Bob to receive all 50 messages within 30 seconds"),
        ("goes_back_one_on_reconnection", "No_duplicates: "),
        ("reorders_page", "Sender_order: "),
    ],
)
def test_a_declared_defect_is_caught_by_the_same_check(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], defect: str, said: str
) -> None:
    """Product and harness share a process: the defect is undone, and the next run passes again."""
    with defects.apply([defect]), pytest.raises(AssertionError, match=re.escape(said)):
        run(tmp_path)
    assert f"defect {defect} ran" in capfd.readouterr().err
    run(tmp_path)

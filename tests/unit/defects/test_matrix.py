from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from syncproof_defects.kills import Kill, Outcome, Run, Seen
from syncproof_defects.matrix import Runner, _chosen, _in_baseline, main
from syncproof_defects.pairs import Pair
from syncproof_defects.worker import Done
from syncproof_defects.workers import Lost, Task, Workers

SUITES = Path(__file__).parents[3] / "suites"
PAIR = Pair("suites/a.robot::Lost", "bundled", "bundled:no_retry", "delivery")
OTHER = Pair("suites/a.robot::Found", "bundled", "bundled:no_deduplication", "no_loss")
NOTHING_SEEN = Seen(frozenset(), Counter(), (), "", Path("history.jsonl"))
CLEAN = Run({PAIR.test: Outcome(True, "", 1.0)}, {PAIR.test: NOTHING_SEEN}, frozenset())
NEEDS_CONTAINERS = Run(
    {PAIR.test: Outcome(False, "It needs containers.", 1.0, skipped=True)}, {}, frozenset()
)
GIVEN = {"TIME_SCALE": "1", "SLACK": "90", "STACK": "embedded", "SYSTEM": "bundled"}


class Script(Workers):
    """Answers as it is told and runs nothing. asked: the tests of each call."""

    def __init__(self, *answers: Done | Lost) -> None:
        self._answers = list(answers)
        self.asked: list[list[str]] = []

    def run(self, tasks: Sequence[Task]) -> list[tuple[Done | Lost, Path]]:
        self.asked.append([task.job.test for task in tasks])
        return [(self._answers.pop(0), Path("nowhere")) for _ in tasks]


def ended(passed: bool = True) -> Done:
    return Done(Outcome(passed, "", 1.0), "Kills.Pair 1.A.Lost", frozenset({"no_retry"}), stopped=False)


def test_what_needs_containers_runs_in_containers_where_there_is_a_run_to_compare_with() -> None:
    runner = Runner(Path("/project"), GIVEN, NEEDS_CONTAINERS)
    assert runner.place(PAIR) == Kill(PAIR, "It needs containers.", skipped=True)
    without = Runner(Path("/project"), GIVEN, NEEDS_CONTAINERS, Run({}, {}, frozenset())).place(PAIR)
    assert isinstance(without, Kill)
    assert without.skipped
    assert "left it out" in without.reason
    placed = Runner(Path("/project"), GIVEN, NEEDS_CONTAINERS, CLEAN).place(PAIR)
    assert not isinstance(placed, Kill)
    assert dict(placed[0].variables)["STACK"] == "compose"
    assert placed[1] is CLEAN


def test_a_run_with_a_defect_has_the_variables_of_the_baseline() -> None:
    placed = Runner(Path("/project"), GIVEN, CLEAN).place(PAIR)
    assert not isinstance(placed, Kill)
    task, against = placed
    assert dict(task.variables) == {**GIVEN, "SLACK": "7"}  # it passed within a second
    assert against is CLEAN
    assert (task.job.suite, task.job.test, task.job.defect) == (
        Path("/project/suites/a.robot"),
        "Lost",
        "no_retry",
    )


@pytest.mark.parametrize(
    ("took_s", "given", "slack"), [(7.0, "15", "7"), (7.1, "15", "15"), (1.0, "5", "5"), (1.0, "", "")]
)
def test_a_kill_waits_no_longer_than_its_scenario_could_need(took_s: float, given: str, slack: str) -> None:
    clean = Run({PAIR.test: Outcome(True, "", took_s)}, {PAIR.test: NOTHING_SEEN}, frozenset())
    placed = Runner(Path("/project"), {**GIVEN, "SLACK": given}, clean).place(PAIR)
    assert not isinstance(placed, Kill)
    assert dict(placed[0].variables)["SLACK"] == slack


def test_without_a_clean_run_nothing_is_started() -> None:
    workers = Script()
    kills = Runner(Path("/project"), GIVEN, CLEAN).run_all([OTHER], workers)
    assert kills == [Kill(OTHER, "no test of this name is in the baseline")]
    assert workers.asked == [[]]


def test_the_longest_begin_and_the_answers_keep_the_order_of_the_pairs() -> None:
    outcomes = {PAIR.test: Outcome(True, "", 1.0), OTHER.test: Outcome(True, "", 9.0)}
    clean = Run(outcomes, dict.fromkeys(outcomes, NOTHING_SEEN), frozenset())
    workers = Script(Lost("first"), Lost("second"))
    kills = Runner(Path("/project"), GIVEN, clean).run_all([PAIR, OTHER], workers)
    assert workers.asked == [["Found", "Lost"]]
    assert [kill.reason for kill in kills] == ["it left no result: second", "it left no result: first"]


def test_what_is_no_kill_is_tried_once_more_and_what_hangs_is_not() -> None:
    runner = Runner(Path("/project"), GIVEN, CLEAN)
    workers = Script(ended(), ended())
    kills, unsteady = runner.run_twice([PAIR], workers)
    assert workers.asked == [["Lost"], ["Lost"]]
    assert [kill.reason for kill in kills] == ["the scenario passed"]
    assert unsteady == []
    workers = Script(Lost("it was ended after 5 s", hung=True))
    kills, unsteady = runner.run_twice([PAIR], workers)
    assert workers.asked == [["Lost"], []]
    assert [kill.reason for kill in kills] == ["it left no result: it was ended after 5 s"]


def test_a_kill_at_the_second_try_is_unsteady(monkeypatch: pytest.MonkeyPatch) -> None:
    runner = Runner(Path("/project"), GIVEN, CLEAN)
    verdicts = iter([[Kill(PAIR, "the scenario passed")], [Kill(PAIR, "")]])
    monkeypatch.setattr(Runner, "run_all", lambda *_: next(verdicts))
    assert runner.run_twice([PAIR], Script()) == (
        [Kill(PAIR, "")],
        [Kill(PAIR, "the scenario passed")],
    )


def test_of_a_selection_only_what_was_selected_has_to_be_caught(capsys: pytest.CaptureFixture[str]) -> None:
    assert _in_baseline([PAIR, OTHER], CLEAN) == [PAIR]
    assert capsys.readouterr().out == "1 of 2 pairs left out: their scenarios were not selected\n"


def test_what_a_run_in_ci_leaves_out_is_named_with_its_reason(tmp_path: Path) -> None:
    others = [replace(OTHER, test=f"suites/b.robot::{name}") for name in ("Second", "Third")]
    chosen, said = _chosen([PAIR, OTHER, *others], CLEAN, tmp_path, tmp_path)
    assert chosen == [PAIR, OTHER]  # one covers what the baseline has; without git part 1 is drawn
    assert "2 of 4 pairs were left out" in said
    assert said.splitlines()[1:] == ["Left out: 2 not drawn: part 1 of 5 was."]
    assert (tmp_path / "left_out.txt").read_text().splitlines() == [
        f"{pair}: not drawn: part 1 of 5 was" for pair in others
    ]


def test_a_defect_without_a_pair_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--suites", str(SUITES), "--results", str(tmp_path), "--defect", "no_such_bug"])
    assert (
        "no table has a pair of the defect 'no_such_bug' for what its scenario runs on"
        in capsys.readouterr().err
    )


def test_nothing_of_an_earlier_matrix_is_left(tmp_path: Path) -> None:
    (tmp_path / "worker-3").mkdir()
    for name in ("kills.xml", "left_out.txt"):
        (tmp_path / name).touch()
    with pytest.raises(SystemExit):
        main(["--suites", str(SUITES), "--results", str(tmp_path), "--defect", "no_such_bug"])
    assert os.listdir(tmp_path) == []

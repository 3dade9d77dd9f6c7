from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from syncproof.report.robots.worker import Done, Outcome
from syncproof.report.robots.workers import Lost, Task, Workers
from syncproof_defects.kills import Kill, Run, Seen
from syncproof_defects.matrix import Runner, _chosen, _clear, _in_baseline, main
from syncproof_defects.pairs import Pair, declared

SUITES = Path(__file__).parents[3] / "suites"
PAIR = Pair("suites/a.robot::Lost", "bundled", "bundled:no_retry", "delivery")
OTHER = Pair("suites/a.robot::Found", "bundled", "bundled:no_deduplication", "no_loss")
NOTHING_SEEN = Seen(frozenset(), Counter(), (), "", Path("history.jsonl"), devices=3)
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
    return Done(Outcome(passed, "", 1.0), "Jobs.Job 1.A.Lost", "no_retry\n", stopped=False)


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
    assert task.devices == 3  # as many as it had without the defect
    assert (task.job.suite, task.job.test, task.job.variables) == (
        Path("/project/suites/a.robot"),
        "Lost",
        (("DEFECT", "no_retry"),),
    )


@pytest.mark.parametrize(
    ("took_s", "given", "slack"),
    [
        (7.0, "15", "7"),
        (7.1, "40", "15"),
        (20.5, "40", "20.5"),
        (50.0, "40", "40"),
        (1.0, "5", "5"),
        (1.0, "", ""),
    ],
)
def test_a_kill_waits_no_longer_than_its_scenario_could_need(took_s: float, given: str, slack: str) -> None:
    clean = Run({PAIR.test: Outcome(True, "", took_s)}, {PAIR.test: NOTHING_SEEN}, frozenset())
    placed = Runner(Path("/project"), {**GIVEN, "SLACK": given}, clean).place(PAIR)
    assert not isinstance(placed, Kill)
    assert dict(placed[0].variables)["SLACK"] == slack


def test_nor_as_long_as_its_product_asks_for_other_scenarios() -> None:
    pair = replace(PAIR, product="matrix", defect="matrix:trusts_sync_alone")
    for given in ({}, {"SLACK": ""}):
        placed = Runner(Path("/project"), {"SYSTEM": "matrix", **given}, CLEAN).place(pair)
        assert not isinstance(placed, Kill)
        assert dict(placed[0].variables)["SLACK"] == "7"


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
    runner = Runner(tmp_path, GIVEN, CLEAN)
    chosen, said = _chosen([PAIR, OTHER, *others], [], runner, tmp_path)
    assert chosen == [PAIR, OTHER]  # one covers what the baseline has; without git part 1 is drawn
    assert "2 of 4 pairs were left out" in said
    assert said.splitlines()[1:] == ["Left out: 2 not drawn: part 1 of 5 was."]
    assert (tmp_path / "left_out.txt").read_text().splitlines() == [
        f"{pair}: not drawn: part 1 of 5 was" for pair in others
    ]


def test_a_pair_that_can_run_nowhere_here_is_left_out_for_that(tmp_path: Path) -> None:
    chosen, said = _chosen([PAIR], [], Runner(tmp_path, GIVEN, NEEDS_CONTAINERS), tmp_path)
    assert chosen == []
    assert said.splitlines()[1:] == ["Left out: 1 It needs containers."]


def test_a_pair_that_runs_in_containers_covers_its_faults_there(tmp_path: Path) -> None:
    others = [replace(PAIR, test=f"suites/b.robot::{name}") for name in "abcdef"]
    there = Run(
        {pair.test: Outcome(True, "", 1.0) for pair in (PAIR, *others)},
        {pair.test: NOTHING_SEEN for pair in others}
        | {PAIR.test: replace(NOTHING_SEEN, begun=Counter(["loss"]))},
        frozenset(),
    )
    here = Run({test: replace(one, skipped=True) for test, one in there.outcomes.items()}, {}, frozenset())
    chosen, said = _chosen([*others, PAIR], [], Runner(tmp_path, GIVEN, here, there), tmp_path)
    assert PAIR in chosen
    assert "1 more to cover" in said


def test_a_row_that_is_new_is_run(tmp_path: Path) -> None:
    table = tmp_path / "pairs.csv"
    defects = ("no_retry", "drops_last_of_page", "no_deduplication")
    rows = [f"{PAIR.test},bundled,bundled:{defect},delivery\n" for defect in defects]
    table.write_text("test,product,defect,check\n" + rows[0])
    who = ("-c", "user.name=A", "-c", "user.email=a@localhost")
    for at, *words in (
        ("1800000000", "init", "--quiet"),
        ("1800000000", "add", "."),
        ("1800000000", *who, "commit", "--quiet", "-m", "x"),
        ("1800100000", *who, "commit", "--quiet", "-m", "x", "--allow-empty"),
    ):
        environment = {**os.environ, "GIT_COMMITTER_DATE": f"@{at} +0000"}
        subprocess.run(["git", *words], cwd=tmp_path, check=True, env=environment)
    table.write_text("test,product,defect,check\n" + "".join(rows))
    pairs = declared([table], [PAIR.test], ["delivery"])
    chosen, said = _chosen(pairs, [table], Runner(tmp_path, GIVEN, CLEAN), tmp_path)
    assert "2 touched" in said
    assert {*pairs[1:]} <= {*chosen}


def test_a_defect_without_a_pair_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--suites", str(SUITES), "--results", str(tmp_path), "--defect", "no_such_bug"])
    assert (
        "no table has a pair of the defect 'no_such_bug' for what its scenario runs on"
        in capsys.readouterr().err
    )


def test_nothing_of_an_earlier_matrix_is_left(tmp_path: Path) -> None:
    for folder in ("worker-3", "baseline"):
        (tmp_path / folder).mkdir()
    for name in ("kills.xml", "left_out.txt"):
        (tmp_path / name).touch()
    with pytest.raises(SystemExit):
        main(["--suites", str(SUITES), "--results", str(tmp_path), "--defect", "no_such_bug"])
    assert os.listdir(tmp_path) == []


def test_the_baseline_that_was_named_is_kept(tmp_path: Path) -> None:
    output = tmp_path / "baseline" / "output.xml"
    output.parent.mkdir()
    output.touch()
    _clear(tmp_path, output)
    assert output.exists()
    _clear(tmp_path, tmp_path / "elsewhere" / "output.xml")
    assert not output.exists()

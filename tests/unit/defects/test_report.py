from __future__ import annotations

from pathlib import Path

import pytest

from syncproof.report.closing import Counts, counts_of
from syncproof_defects.kills import Kill
from syncproof_defects.pairs import Pair
from syncproof_defects.report import tell, tell_full

REPLIES = "suites/resilience/lost_replies.robot::A reply is lost"
REJOIN = "suites/resilience/rejoin.robot::Re-join"
CAUGHT = Kill(Pair(REPLIES, "bundled", "bundled:no_deduplication", "no_duplicates"), "", ("no_duplicates",))
ALIVE = Kill(
    Pair(REJOIN, "bundled", "bundled:no_retry", "delivery"),
    "no_loss did not fail; what failed: no_duplicates",
    message="Bob got 1 operation twice\nand so on",
    evidence=Path("worker-1/history/re-join.jsonl"),
)
LATE = Kill(CAUGHT.pair, "too late")
SKIPPED = Kill(
    Pair(REJOIN, "bundled", "bundled:ignores_silence", "delivery"), "It needs containers.", skipped=True
)


def test_all_caught_is_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tell([CAUGHT], [], [], "", tmp_path / "kills.xml") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"killed  {REPLIES} <- bundled:no_deduplication (no_duplicates)",
        "kill matrix: 1 passed, 0 failed",
    ]
    assert counts_of(tmp_path / "kills.xml") == Counts(1, 0, 0)


def test_a_survivor_and_an_undeclared_test_are_failures_with_their_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "new" / "kills.xml"
    assert tell([CAUGHT, ALIVE], [], ["x.robot::Another"], "", report) == 1
    said = capsys.readouterr().out
    assert (
        f"ALIVE   {REJOIN} <- bundled:no_retry (delivery)\n        {ALIVE.reason}\n"
        "        Its test said: Bob got 1 operation twice\n"
        "        Evidence: worker-1/history/re-join.jsonl\n"
    ) in said
    assert "MISSING x.robot::Another: no table of pairs has a defect" in said
    assert said.endswith("kill matrix: 1 passed, 2 failed\n")
    assert counts_of(report) == Counts(1, 2, 0)


def test_a_scenario_that_cannot_run_here_is_skipped_aloud(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tell([CAUGHT, SKIPPED], [], [], "", tmp_path / "kills.xml") == 0
    said = capsys.readouterr().out
    assert f"SKIPPED {REJOIN} <- bundled:ignores_silence (delivery)\n        It needs containers.\n" in said
    assert said.endswith("kill matrix: 1 passed, 0 failed, 1 skipped\n")
    assert counts_of(tmp_path / "kills.xml") == Counts(1, 0, 1)


@pytest.mark.parametrize(("pairs", "unsteady", "failed"), [(100, 2, 0), (100, 3, 1), (12, 1, 0), (12, 2, 1)])
def test_two_of_a_hundred_may_need_their_second_try_and_are_named(
    pairs: int, unsteady: int, failed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tell([CAUGHT] * pairs, [LATE] * unsteady, [], "", tmp_path / "kills.xml") == failed
    said = capsys.readouterr().out
    assert said.count(f"UNSTEADY {REPLIES} <- bundled:no_deduplication\n        too late\n") == unsteady
    assert said.endswith(f"kill matrix: {pairs} passed, {failed} failed, {unsteady} unsteady\n")
    assert counts_of(tmp_path / "kills.xml") == Counts(pairs, failed, 0)


def test_the_closing_line_stands_before_the_sum(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tell([CAUGHT], [], [], "43 of 98 pairs were left out.", tmp_path / "kills.xml")
    assert capsys.readouterr().out.splitlines()[-2] == "43 of 98 pairs were left out."


def test_the_cross_product_is_a_table_and_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tell_full([CAUGHT, ALIVE], tmp_path / "full.csv") == 0
    assert (tmp_path / "full.csv").read_text().splitlines() == [
        "test,defect,failed checks,why it is no kill",
        f"{REPLIES},bundled:no_deduplication,no_duplicates,",
        f"{REJOIN},bundled:no_retry,,no_loss did not fail; what failed: no_duplicates",
    ]
    said = capsys.readouterr().out
    assert "bundled:no_deduplication: caught by 1 of 2 scenarios" in said
    assert "bundled:no_retry: caught by 0 of 2 scenarios" in said

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from syncproof.report.closing import Counts, counts_of
from syncproof_defects.kills import Kill, Outcome, Pair, Run, Seen
from syncproof_defects.matrix import CATEGORIES, Bench, Runner, _literal, _tell, _tell_full, main, scenarios

CAUGHT = Kill(
    Pair("Lost Replies.A reply is lost", "no_deduplication", "no_duplicates"), "", ("no_duplicates",)
)
NOTHING_SEEN = Seen(frozenset(), Counter(), (), "")
ALIVE = Kill(Pair("Rejoin.Re-join", "no_retry", "delivery"), "the scenario passed")


def test_all_caught_is_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _tell([CAUGHT], [], tmp_path / "kills.xml") == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "killed  Lost Replies.A reply is lost <- no_deduplication (no_duplicates)",
        "kill matrix: 1 passed, 0 failed",
    ]
    assert counts_of(tmp_path / "kills.xml") == Counts(1, 0, 0)


def test_a_survivor_and_an_undeclared_scenario_are_failures_with_their_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _tell([CAUGHT, ALIVE], ["Rejoin.Another"], tmp_path / "new" / "kills.xml") == 1
    said = capsys.readouterr().out
    assert "ALIVE   Rejoin.Re-join <- no_retry (delivery)\n        the scenario passed\n" in said
    assert "MISSING Rejoin.Another: no defect is declared that it has to catch (pairs.csv)\n" in said
    assert said.endswith("kill matrix: 1 passed, 2 failed\n")
    assert counts_of(tmp_path / "new" / "kills.xml") == Counts(1, 2, 0)


SKIPPED = Kill(
    Pair("Another Address.Away", "ignores_silence", "delivery"), "It needs containers.", skipped=True
)


def test_a_scenario_that_cannot_run_here_is_skipped_aloud(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _tell([CAUGHT, SKIPPED], [], tmp_path / "kills.xml") == 0
    said = capsys.readouterr().out
    assert (
        "SKIPPED Another Address.Away <- ignores_silence (delivery)\n        It needs containers.\n" in said
    )
    assert said.endswith("kill matrix: 1 passed, 0 failed, 1 skipped\n")
    assert counts_of(tmp_path / "kills.xml") == Counts(1, 0, 1)


class Asked(Bench):
    """Says only where it would have run."""

    def run(self, pair: Pair, baseline: Run) -> Kill:
        return Kill(pair, f"{self.stack} against {baseline.outcomes[pair.test].message}")


def test_what_needs_containers_runs_in_containers_where_there_is_a_run_to_compare_with(
    tmp_path: Path,
) -> None:
    pair = SKIPPED.pair
    here = Run({pair.test: Outcome(False, "It needs containers.", 1.0, skipped=True)}, {}, frozenset())
    there = Run({pair.test: Outcome(True, "containers", 9.0)}, {}, frozenset())
    bench = Asked({}, tmp_path)
    assert Runner(bench, here, None).run_all([pair], 1) == [SKIPPED]
    assert Runner(bench, here, there).run(pair).reason == "compose against containers"
    assert Runner(bench, there, there).run(pair).reason == "embedded against containers"


class Said(Bench):
    """Says only what it would have given to robot."""

    def _robot(self, *arguments: str) -> str:
        return " ".join(arguments)


def test_a_run_with_a_defect_has_the_variables_of_the_baseline(tmp_path: Path) -> None:
    pair = CAUGHT.pair
    clean = Run({pair.test: Outcome(True, "", 1.0)}, {pair.test: NOTHING_SEEN}, frozenset())
    given = {"TIME_SCALE": "1", "SLACK": "90", "HOMESERVER_URL": "http://127.0.0.1:8008", "DEFECT": "another"}
    bench = Said({pair.test: Path("it.robot")}, tmp_path, given, "compose", "matrix")
    said = bench.run(pair, clean).reason
    for name, value in {**given, "STACK": "compose", "SYSTEM": "matrix", "DEFECT": pair.defect}.items():
        assert f"--variable {name}:{value} " in said
    assert "another" not in said


def test_of_a_selection_only_what_was_selected_has_to_be_caught(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = Run({CAUGHT.pair.test: Outcome(True, "", 1.0)}, {}, frozenset())
    runner = Runner(Bench({}, tmp_path), ran, None)
    assert runner.selected([CAUGHT.pair, ALIVE.pair]) == [CAUGHT.pair]
    assert capsys.readouterr().out == "1 of 2 pairs left out: their scenarios were not selected\n"


def test_a_defect_without_a_pair_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "output.xml").write_text('<robot><suite name="S"/></robot>')
    arguments = ["--baseline", str(tmp_path / "output.xml"), "--results", str(tmp_path / "out")]
    with pytest.raises(SystemExit):
        main([*arguments, "--defect", "no_such_bug"])
    assert "pairs.csv has no pair of the defect 'no_such_bug'" in capsys.readouterr().err


def test_the_cross_product_is_a_table_and_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _tell_full([CAUGHT, ALIVE], tmp_path / "full.csv") == 0
    assert (tmp_path / "full.csv").read_text().splitlines() == [
        "test,defect,failed checkers,why it is no kill",
        "Lost Replies.A reply is lost,no_deduplication,no_duplicates,",
        "Rejoin.Re-join,no_retry,,the scenario passed",
    ]
    said = capsys.readouterr().out
    assert "no_deduplication: caught by 1 of 2 scenarios" in said
    assert "no_retry: caught by 0 of 2 scenarios" in said


def test_scenarios_are_found_with_their_files_whatever_folder_they_are_in(tmp_path: Path) -> None:
    for category in CATEGORIES:
        (tmp_path / category).mkdir()
        (tmp_path / category / f"{category}_file.robot").write_text(
            f"*** Test Cases ***\nTakes 1.5 s in {category}\n    No Operation\n"
        )
    assert scenarios(tmp_path) == {
        f"{category.title()} File.Takes 1.5 s in {category}": tmp_path / category / f"{category}_file.robot"
        for category in CATEGORIES
    }


def test_a_name_is_no_pattern() -> None:
    assert _literal("what? [all]*") == "what[?] [[]all][*]"

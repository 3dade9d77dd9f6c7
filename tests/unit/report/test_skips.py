from __future__ import annotations

from pathlib import Path

import pytest
import robot
from robot.api import TestSuite as Suite

from syncproof.report.skips import LIST, listed, main, skipped


@pytest.fixture
def output(tmp_path: Path) -> Path:
    suite = tmp_path / "away_days.robot"
    suite.write_text("*** Test Cases ***\nRuns\n    No Operation\nAway\n    Skip    It needs containers.\n")
    robot.run(str(suite), outputdir=str(tmp_path), console="none", log=None, report=None)
    return tmp_path / "output.xml"


def table(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "skipped.csv"
    path.write_text("system,stack,test,why\n" + "".join(f"{row}\n" for row in rows))
    return path


def test_what_was_skipped_is_found_with_its_reason(output: Path) -> None:
    assert skipped(output) == {"Away Days.Away": "It needs containers."}


def test_a_listed_skip_is_none(output: Path, tmp_path: Path) -> None:
    may = table(tmp_path, "bundled,embedded,Away Days.Away,needs containers", "bundled,embedded,Old.Gone,x")
    assert main(["--list", str(may), str(output)]) == 0


@pytest.mark.parametrize("options", [("--stack", "compose"), ("--system", "matrix")])
def test_a_skip_more_than_listed_fails(
    output: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, str]
) -> None:
    may = table(tmp_path, "bundled,embedded,Away Days.Away,needs containers")
    assert main(["--list", str(may), *options, str(output)]) == 1
    assert capsys.readouterr().out.startswith("Away Days.Away was skipped: It needs containers. (skipped.csv")


def test_what_a_system_cannot_do_its_variant_cannot_do_either(tmp_path: Path) -> None:
    may = table(
        tmp_path, "matrix,embedded,A.a,x", "matrix-encrypted,embedded,B.b,x", "bundled,embedded,C.c,x"
    )
    assert listed(may, "matrix-encrypted", "embedded") == {"A.a", "B.b"}
    assert listed(may, "matrix", "embedded") == {"A.a"}


def test_the_list_names_tests_that_there_are() -> None:
    tests = Suite.from_file_system(str(LIST.parent)).all_tests
    there = {f"{test.parent.name}.{test.name}": set(test.tags) for test in tests}
    for name in listed(LIST, "bundled", "embedded"):
        assert there[name] & {"docker", "kernel"}, name

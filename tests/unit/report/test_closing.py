from __future__ import annotations

from pathlib import Path

import pytest

from syncproof.report.closing import Counts, close, counts_of, failures_of, main

JUNIT = """<?xml version="1.0"?><testsuites name="pytest tests">
<testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10">{cases}</testsuite></testsuites>"""
CASES = """<testcase classname="tests.a" name="test_good"/>
<testcase classname="tests.a" name="test_wrong"><failure message="assert 1 == 2&#10;  where 1">whole</failure>
</testcase>
<testcase classname="tests.b" name="test_late"><error message="fixture"/></testcase>"""
ROBOT = """<?xml version="1.0"?><robot generator="Rebot"><suite name="Catchup"><suite name="Standby">
<test name="Wakes"><status status="PASS"/></test>{test}</suite></suite><statistics><total>
<stat pass="7" fail="{fail}" skip="1">All Tests</stat></total></statistics></robot>"""
LOST = """<test name="Sleeps"><kw><status status="FAIL">of a keyword</status></kw>
<status status="FAIL">2 lost</status></test>"""


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    contents = {
        "junit": JUNIT.format(cases=CASES),
        "good": JUNIT.format(cases="").replace('errors="1" failures="2"', 'errors="0" failures="0"'),
        "robot": ROBOT.format(fail=0, test=""),
        "bad robot": ROBOT.format(fail=2, test=LOST),
        "cut": ROBOT[:60],
        "no statistics": '<robot generator="Robot"/>',
        "other": "<html/>",
    }
    for name, text in contents.items():
        (tmp_path / name).write_text(text)
    return {name: tmp_path / name for name in [*contents, "absent"]}


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("junit", Counts(4, 3, 3)),
        ("good", Counts(7, 0, 3)),
        ("robot", Counts(7, 0, 1)),
        ("bad robot", Counts(7, 2, 1)),
    ],
)
def test_counts_of_each_kind_of_result(files: dict[str, Path], name: str, counts: Counts) -> None:
    assert counts_of(files[name]) == counts


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("absent", "No such file"),
        ("cut", "cannot be read"),
        ("no statistics", "the run was cut short"),
        ("other", "neither results of pytest nor of Robot Framework: <html>"),
    ],
)
def test_what_cannot_be_counted_is_a_failure(files: dict[str, Path], name: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        counts_of(files[name])
    total, wrong = close([files["good"], files[name]], [])
    assert total == Counts(7, 1, 3)
    assert len(wrong) == 1
    assert reason in wrong[0]


def test_the_last_line_is_the_sum(files: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(files["good"]), str(files["robot"])]) == 0
    assert capsys.readouterr().out == "14 passed, 0 failed, 4 skipped\n"


def test_a_failed_test_fails_the_run(files: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(files["good"]), str(files["bad robot"]), "--failed", "quick"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said == ["failed: Standby.Sleeps: 2 lost", "failed step: quick", "14 passed, 2 failed, 4 skipped"]


def test_failed_tests_are_named_with_the_start_of_their_messages(files: dict[str, Path]) -> None:
    assert failures_of(files["junit"]) == [
        "failed: tests.a.test_wrong: assert 1 == 2 where 1",
        "failed: tests.b.test_late: fixture",
    ]
    assert failures_of(files["good"]) == failures_of(files["robot"]) == []


def test_a_step_that_fails_without_a_failed_test_counts(
    files: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--failed", "lint", "--failed", "kill-matrix", str(files["good"])]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said == ["failed step: lint", "failed step: kill-matrix", "7 passed, 2 failed, 3 skipped"]

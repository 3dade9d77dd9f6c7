"""Runs failed tests again with the real robot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import robot.result
from robot.api import ExecutionResult

from syncproof.report.rerun import Relink, main

SUITE = """
*** Settings ***
Library    OperatingSystem

*** Test Cases ***
Steady
    Log    fine

Now And Then
    [Tags]    L-9.9
    ${seen}=    Run Keyword And Return Status    File Should Exist    ${MEMORY}
    Create File    ${MEMORY}
    Should Be True    ${seen}    it failed once

Never
    Log    <a href="history/never.jsonl">evidence</a> <a href="https://example.com">docs</a>    html=True
    Fail    *HTML* always wrong: <a href="history/never.jsonl">evidence</a>

Left Out
    Skip    not here
"""


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of a finished first run."""
    suites = tmp_path / "my suites"
    suites.mkdir()
    (suites / "flow.robot").write_text(SUITE)
    (suites / "calm.robot").write_text("*** Test Cases ***\nCalm\n    Log    fine\n")
    results = tmp_path / "results"
    command = [sys.executable, "-m", "robot", "--outputdir", str(results), "--console", "none"]
    subprocess.run(
        [*command, "--variable", f"MEMORY:{tmp_path / 'memory'}", str(suites)], check=False, timeout=60
    )
    return results


def results_of(results: Path) -> dict[str, robot.result.TestCase]:
    return {test.name: test for test in ExecutionResult(str(results / "output.xml")).suite.all_tests}


def test_what_passes_now_is_flaky_and_the_run_still_fails(
    run: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    memory = run.parent / "memory"
    assert main(["--variable", f"MEMORY:{memory}", str(run)]) == 1
    said = capfd.readouterr().out
    assert "flaky (failed, then passed): My Suites.Flow.Now And Then" in said
    assert "failed again: My Suites.Flow.Never" in said
    assert "1 flaky, 1 failed again" in said
    tests = results_of(run)
    assert {name: test.status for name, test in tests.items()} == {
        "Steady": "PASS",
        "Now And Then": "PASS",
        "Never": "FAIL",
        "Left Out": "SKIP",
        "Calm": "PASS",
    }
    assert sorted(tests["Now And Then"].tags) == ["L-9.9", "flaky"]
    assert "it failed, and passed when it was run again" in tests["Now And Then"].message
    assert "it failed once" in tests["Now And Then"].message
    assert "flaky" not in tests["Never"].tags
    assert "flaky" in (run / "log.html").read_text()
    evidence = results_of(run)["Never"].body[0].body[0].message
    assert (
        evidence == '<a href="rerun/history/never.jsonl">evidence</a> <a href="https://example.com">docs</a>'
    )
    assert 'always wrong: <a href="rerun/history/never.jsonl">' in tests["Never"].message

    (run.parent / "my suites" / "flow.robot").write_text(SUITE.replace("Fail    *HTML* always", "Log    not"))
    assert main(["--variable", f"MEMORY:{memory}", str(run)]) == 1
    assert "1 flaky, 0 failed again" in capfd.readouterr().out

    assert main([str(run)]) == 1
    said = capfd.readouterr().out
    assert "Nothing failed" in said
    assert "Flaky before: My Suites.Flow.Now And Then, My Suites.Flow.Never" in said


@pytest.mark.parametrize(
    ("message", "relinked"),
    [
        ("Wrong.\nEvidence: history/a.0.1.jsonl", "Wrong.\nEvidence: rerun/history/a.0.1.jsonl"),
        ("Wrong.\nEvidence: /elsewhere/a.jsonl", "Wrong.\nEvidence: /elsewhere/a.jsonl"),
        ('Wrong: <a href="a">', 'Wrong: <a href="a">'),
        ('*HTML* <a href="history/a">', '*HTML* <a href="rerun/history/a">'),
    ],
)
def test_the_evidence_of_the_second_run_is_named_where_it_is(message: str, relinked: str) -> None:
    test = robot.result.TestCase(message=message)
    test.body.create_message(message.removeprefix("*HTML* "), html=message.startswith("*HTML*"))
    test.visit(Relink("rerun"))
    assert test.message == relinked
    assert test.body[0].message == relinked.removeprefix("*HTML* ")


def test_a_run_without_failures_needs_no_second(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "calm.robot").write_text("*** Test Cases ***\nCalm\n    Log    fine\n")
    subprocess.run(
        [sys.executable, "-m", "robot", "--outputdir", str(tmp_path), str(tmp_path / "calm.robot")],
        check=True,
        timeout=60,
    )
    capfd.readouterr()
    assert main([str(tmp_path)]) == 0
    assert capfd.readouterr().out == f"Nothing failed in {tmp_path / 'output.xml'}.\n"


def test_without_a_run_there_is_nothing_to_repeat(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert f"There is no run in {tmp_path} that could be repeated" in capfd.readouterr().err
    assert main([]) == 2
    assert "usage:" in capfd.readouterr().err


def test_a_second_run_that_leaves_nothing_is_an_error(run: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--no-such-option", "1", str(run)]) == 2
    assert "The second run left no result" in capfd.readouterr().err
    assert results_of(run)["Never"].failed


def test_a_run_of_pabot_can_be_repeated(run: Path, capfd: pytest.CaptureFixture[str]) -> None:
    memory = run.parent / "memory"
    memory.unlink()
    options = ["--processes", "2", "--no-pabotlib", "--outputdir", str(run), "--variable", f"MEMORY:{memory}"]
    programs = Path(sys.executable).parent
    pabot = [str(programs / "pabot"), *options, str(run.parent / "my suites")]
    # pabot starts `robot` from PATH.
    path = {"PATH": f"{programs}:{os.environ['PATH']}"}
    subprocess.run(pabot, check=False, timeout=60, cwd=run.parent, env=os.environ | path)
    assert main(["--variable", f"MEMORY:{memory}", str(run)]) == 1
    assert "1 flaky, 1 failed again" in capfd.readouterr().out
    assert len(results_of(run)) == 5

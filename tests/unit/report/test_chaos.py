"""Scenarios that are repeated with other seeds, in robot processes of their own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from robot.run import run_cli

from syncproof.report import chaos
from syncproof.report.chaos import Scenario, Tries, Try, again, missing, table

#: "Unlucky" fails with one seed, and every test writes a line of evidence, as a history is.
SUITE = """\
*** Settings ***
Test Setup    Evaluate    pathlib.Path($OUTPUT_DIR, 'history').mkdir(exist_ok=True)    modules=pathlib
*** Test Cases ***
Lucky
    [Tags]    T-X-01
    Tell
Unlucky
    [Tags]    T-X-02
    Tell
    Should Not Be Equal    ${SEED}    2    seed ${SEED} at ${TIME_SCALE}
Nowhere
    [Tags]    T-X-03
    Skip    no containers | here
Wordless
    [Tags]    L-2
    Fail    ${EMPTY}
Another
    [Tags]    L-1
    Fail    nobody asked for it
*** Keywords ***
Tell
    VAR    ${path}    ${OUTPUT DIR}/history/${TEST NAME}-${SEED}.jsonl
    Evaluate    pathlib.Path($path).write_text('{}')    modules=pathlib
"""
ONE, TWO, THREE = (Scenario("suites/some.robot", name) for name in ("Lucky", "Unlucky", "Nowhere"))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "suites").mkdir()
    (tmp_path / "suites" / "some.robot").write_text(SUITE)
    for command in (
        ["init", "--quiet"],
        ["-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "--quiet", "--allow-empty", "-m", "x"],
    ):
        subprocess.run(["git", *command], check=True)
    return tmp_path


def run(*arguments: str) -> int:
    return chaos.main(["--include", "T-*", "--variable", "TIME_SCALE:0.1", "--processes", "1", *arguments])


def left(folder: Path) -> tuple[list[Try], str, list[str]]:
    """What is known, the table, and the evidence that was kept."""
    (results,) = (folder / "results" / "chaos").iterdir()
    evidence = sorted(path.name for path in results.rglob("*.jsonl") if path.parent.name == "history")
    return Tries(results / "tries.jsonl").all, (results / "table.md").read_text(), evidence


def test_each_runs_with_each_seed_and_what_failed_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--iterations", "3") == 1
    tries, page, evidence = left(folder)
    assert [(one.name, one.seed, one.verdict) for one in tries] == [
        ("Lucky", 1, "pass"),
        ("Unlucky", 1, "pass"),
        ("Nowhere", 1, "skip"),
        ("Lucky", 2, "pass"),
        ("Unlucky", 2, "fail"),
        ("Lucky", 3, "pass"),
        ("Unlucky", 3, "pass"),
    ]
    assert "| suites/some.robot: Lucky | 3 | 0 | `...` |  |" in page
    assert "| suites/some.robot: Unlucky | 2 | 1 | `.F.` |  |" in page
    assert "| suites/some.robot: Nowhere | 0 | 0 | `sss` | no containers \\| here |" in page
    assert "- suites/some.robot: Unlucky, seed 2: seed 2 at 0.1" in page
    assert evidence == ["Unlucky-2.jsonl"]
    assert [Path(one.evidence).name for one in tries if one.verdict == "fail"] == evidence
    said = capsys.readouterr().out
    assert "3 scenarios x 3: 5 passed, 1 failed, 1 cannot run here, 0 have not run." in said
    (command,) = (line.partition("Again: robot ")[2] for line in said.splitlines() if "Again:" in line)
    with pytest.raises(SystemExit) as ended:
        run_cli(["--output", "NONE", "--log", "NONE", "--report", "NONE", *command.replace("'", "").split()])
    assert ended.value.code == 1


def test_a_failure_without_a_word_is_one(folder: Path) -> None:
    assert chaos.main(["--include", "L-2", "--processes", "1", "--iterations", "1"]) == 1
    assert [one.verdict for one in left(folder)[0]] == ["fail"]


def test_it_goes_on_where_it_was_stopped_and_repeats_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--iterations", "1") == 0
    assert run("--iterations", "3", "--minutes", "0") == 3
    before, page, _ = left(folder)
    assert len(before) == 4
    assert "`.--`" in page
    assert "The same command goes on." in capsys.readouterr().out
    assert run("--iterations", "3") == 1
    after, _, _ = left(folder)
    assert after[:4] == before
    assert len(after) == 7


def test_other_settings_are_another_table(folder: Path) -> None:
    run("--iterations", "1")
    run("--iterations", "1", "--variable", "SLACK:40")
    assert len([*(folder / "results" / "chaos").iterdir()]) == 2


def test_a_line_that_was_cut_off_is_no_result(folder: Path) -> None:
    path = folder / "known" / "tries.jsonl"
    Tries(path).add(Try(ONE.suite, ONE.name, 1, "pass"))
    with path.open("a") as file:
        file.write(json.dumps({"suite": "suites/some.robot"})[:-4])
    again_read = Tries(path)
    again_read.add(Try(ONE.suite, ONE.name, 2, "fail"))
    assert [one.seed for one in Tries(path).all] == [1, 2]


def test_what_cannot_run_here_is_tried_once(folder: Path) -> None:
    tries = Tries(folder / "tries.jsonl")
    assert missing([ONE, THREE], tries, [1, 2]) == [(ONE, 1), (THREE, 1), (ONE, 2), (THREE, 2)]
    tries.add(Try(THREE.suite, THREE.name, 1, "skip", "no containers"))
    tries.add(Try(ONE.suite, ONE.name, 2, "pass"))
    assert missing([ONE, THREE], tries, [1, 2]) == [(ONE, 1)]


def test_a_table_shows_what_has_not_run(folder: Path) -> None:
    tries = Tries(folder / "tries.jsonl")
    tries.add(Try(TWO.suite, TWO.name, 2, "pass"))
    page = table([TWO], tries, [1, 2, 3], "Commit abc")
    assert "| suites/some.robot: Unlucky | 1 | 0 | `-.-` |  |" in page
    assert page.endswith("## Failures\n\nNone.\n")


def test_the_command_repeats_settings_and_seed() -> None:
    one = Try("suites/some.robot", "Two words", 7, "fail")
    assert (
        again(one, {"TIME_SCALE": "0.1"})
        == "robot --variable TIME_SCALE:0.1 --variable SEED:7 --test 'Two words' suites/some.robot"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--iterations", "0"), "at least once"),
        (("--variable", "SEED:4"), "SEED of its own"),
        (("--variable", "SLACK"), "has to be NAME:VALUE"),
    ],
)
def test_what_cannot_be_asked_for(
    arguments: tuple[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(*arguments)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err

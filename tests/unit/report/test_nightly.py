"""The nightly pass with a make of its own, whose targets take as long as they are told."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from syncproof.report import nightly
from syncproof.report.nightly import Ended, State, Step, page, run_slice

GOOD = '<testsuite tests="3" failures="0" errors="0" skipped="1"/>'
BAD = (
    '<testsuite tests="2" failures="1" errors="0" skipped="0">'
    '<testcase classname="A" name="b"><failure message="lost"/></testcase></testsuite>'
)
MAKEFILE = f"""
good:
\t@echo '{GOOD}' > results/good.xml; echo good >> ran
bad:
\t@echo '{BAD}' > results/bad.xml; echo bad >> ran; exit 1
crash:
\t@echo crash >> ran; exit 2
quiet:
\t@echo quiet >> ran
long:
\t@echo long >> ran; sleep 30; echo later >> ran
"""
STEPS = {
    "good": Step("good", ("good",), ("good.xml",)),
    "bad": Step("bad", ("bad",), ("b*.xml",)),
    "crash": Step("crash", ("crash",), ("crash.xml",)),
    "quiet": Step("quiet", ("quiet",)),
    "long": Step("long", ("long",)),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MAKE", raising=False)
    (tmp_path / "Makefile").write_text(MAKEFILE)
    (tmp_path / "results").mkdir()
    return tmp_path


def steps(*names: str) -> list[Step]:
    return [STEPS[name] for name in names]


def ran(folder: Path) -> list[str]:
    path = folder / "ran"
    return path.read_text().split() if path.exists() else []


def test_every_step_is_counted_by_its_results_and_by_its_status(folder: Path) -> None:
    state = State("abc")
    results = folder / "results"
    assert run_slice(steps("good", "bad", "crash", "quiet"), state, results, 60) == [
        "good",
        "bad",
        "crash",
        "quiet",
    ]
    counts = {name: (it.passed, it.failed, it.skipped) for name, it in state.ended.items()}
    assert counts == {"good": (2, 0, 1), "bad": (1, 1, 0), "crash": (0, 1, 0), "quiet": (1, 0, 0)}
    log = Path("results/nightly")
    assert state.ended["good"].wrong == []
    assert state.ended["bad"].wrong == ["failed: A.b: lost", f"failed step: bad ({folder / log / 'bad.log'})"]
    assert state.ended["crash"].wrong[0].startswith(f"{results}/crash.xml (of this run) cannot be read")


def test_a_result_of_an_earlier_run_does_not_count(folder: Path) -> None:
    (folder / "results" / "crash.xml").write_text(GOOD)
    state = State("abc")
    run_slice(steps("crash"), state, folder / "results", 60)
    assert (state.ended["crash"].passed, state.ended["crash"].failed) == (0, 1)


def test_the_next_slice_goes_on_and_another_commit_begins_anew(folder: Path) -> None:
    path = folder / "results" / "nightly" / "state.json"
    run_slice(steps("good"), State.read(path, "abc"), folder / "results", 60)
    run_slice(steps("good", "quiet"), State.read(path, "abc"), folder / "results", 60)
    assert ran(folder) == ["good", "quiet"]
    again = State.read(path, "def")
    assert again.ended == {}
    assert set(again.seconds) == {"good", "quiet"}
    run_slice(steps("good"), again, folder / "results", 60)
    assert ran(folder) == ["good", "quiet", "good"]


def test_what_the_end_of_a_slice_cuts_off_is_begun_anew(folder: Path) -> None:
    state = State("abc")
    assert run_slice(steps("quiet", "long"), state, folder / "results", 2) == ["quiet"]
    assert "long" not in state.ended
    # It has a whole slice now, and is too long for that: it would never end.
    assert run_slice(steps("quiet", "long"), state, folder / "results", 2) == ["long"]
    assert (state.ended["long"].passed, state.ended["long"].failed) == (0, 1)
    assert ran(folder) == ["quiet", "long", "long"]


def test_a_step_that_goes_on_by_itself_may_have_several_slices(folder: Path) -> None:
    state = State("abc")
    chaos = [Step("chaos", ("long",), goes_on=True)]
    for _ in range(2):
        assert run_slice(chaos, state, folder / "results", 2) == []
    assert state.ended == {}
    assert ran(folder) == ["long", "long"]


def test_a_step_that_cannot_fit_is_left_for_the_next_slice(folder: Path) -> None:
    state = State("abc", seconds={"quiet": 60.0})
    assert run_slice(steps("good", "quiet"), state, folder / "results", 30) == ["good"]
    assert run_slice(steps("good", "quiet"), state, folder / "results", 30) == ["quiet"]
    assert ran(folder) == ["good", "quiet"]


def test_the_page_has_commit_counts_and_failures() -> None:
    ended = {"good": Ended(2, 0, 1, [], 90.0), "bad": Ended(1, 1, 0, ["failed: A.b: lost"], 600.0)}
    written = page(steps("good", "bad"), ended, "abc", "2026-01-02").splitlines()
    assert "Commit abc, 2026-01-02: 3 passed, 1 failed, 1 skipped." in written
    assert "| bad | `make bad` | 1 | 1 | 0 | 10 |" in written
    assert written[-1] == "- bad: failed: A.b: lost"
    assert page(steps("good"), ended, "abc", "2026-01-02").splitlines()[-1] == "None."


def test_the_page_is_written_when_all_steps_have_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(nightly, "STEPS", tuple(steps("good", "bad")))
    written = ["--page", str(folder / "nightly.md")]
    assert nightly.main(written) == 2
    assert "git names none" in capsys.readouterr().err
    who = ("-c", "user.name=A", "-c", "user.email=a@localhost")
    for arguments in (("init", "-q"), (*who, "commit", "-q", "--allow-empty", "-m", "one")):
        subprocess.run(["git", *arguments], check=True)
    assert nightly.main([*written, "--step", "good"]) == 0
    assert not (folder / "nightly.md").exists()
    assert capsys.readouterr().out.endswith("1 of 2 steps have run. `make nightly` goes on: bad\n")
    assert nightly.main(written) == 1
    assert (folder / "nightly.md").read_text().startswith("# The last whole nightly pass\n")
    assert nightly.main(written) == 0  # nothing of this slice failed
    assert ran(folder) == ["good", "bad"]
    assert nightly.main(["--list"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == ["good", "bad"]


def test_steps_are_targets_of_this_projects_make() -> None:
    makefile = (Path(__file__).parents[3] / "Makefile").read_text()
    for step in nightly.STEPS:
        for target in (word for word in step.make if "=" not in word):
            assert any(
                line.startswith(f"{target}:") or f" {target} " in line.partition(":")[0] + " "
                for line in makefile.splitlines()
            ), target

"""`.ci/run` says how a run ended, whatever happened in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[3]
#: The environment without what a `make test` around this test has put there.
BARE = {
    name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "PYTHON"))
}


def program(path: Path, *lines: str) -> None:
    """An executable script."""
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/usr/bin/env bash\n" + "\n".join(lines) + "\n")
    path.chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    program(tmp_path / ".ci" / "engine", "exit 0")
    return tmp_path


def run(checkout: Path, recipe: str, **environment: str) -> tuple[int, list[str]]:
    """With a Makefile whose `test` does this. Exit status and what was printed."""
    (checkout / "Makefile").write_text(f"test:\n\t@{recipe}\n")
    done = subprocess.run(
        [checkout / ".ci" / "run"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=BARE | environment,
        cwd="/",
    )
    return done.returncode, done.stdout.splitlines()


def closes_with(line: str, status: int) -> str:
    return f"mkdir -p results/test && echo '{line}' > results/test/closing.txt && exit {status}"


def test_a_good_run_ends_with_its_counts(checkout: Path) -> None:
    status, lines = run(checkout, closes_with("3 passed, 0 failed, 1 skipped", 0))
    assert (status, lines[-1]) == (0, "3 passed, 0 failed, 1 skipped")


def test_a_failed_run_ends_with_its_counts_too(checkout: Path) -> None:
    status, lines = run(checkout, closes_with("3 passed, 2 failed, 1 skipped", 1))
    assert status != 0
    assert lines[-1] == "3 passed, 2 failed, 1 skipped"


@pytest.mark.parametrize("recipe", ["exit 0", "exit 3"])
def test_a_run_without_counts_has_failed(checkout: Path, recipe: str) -> None:
    run(checkout, closes_with("3 passed, 0 failed, 1 skipped", 0))
    status, lines = run(checkout, recipe)  # the counts of the run before must not be taken for its own
    assert status == 1
    assert lines[-1] == "0 passed, 1 failed, 0 skipped"
    assert "before it could count its tests" in lines[-2]


def test_tests_run_as_in_ci_without_input(checkout: Path) -> None:
    recipe = "echo CI is $$CI; cat; " + closes_with("1 passed, 0 failed, 0 skipped", 0)
    assert run(checkout, recipe) == (0, ["CI is true", "1 passed, 0 failed, 0 skipped"])


def test_an_old_python_is_named(checkout: Path) -> None:
    old = checkout / "bin"
    old.mkdir()
    for name in ("python3", "python3.11", "python3.12", "python3.13"):
        (old / name).write_text("#!/bin/sh\nexit 1\n")
        (old / name).chmod(0o755)
    for tool in ("bash", "env", "dirname"):
        (old / tool).symlink_to(shutil.which(tool) or "")
    status, lines = run(checkout, "exit 0", PATH=str(old))
    assert status == 1
    assert lines == [
        "Python 3.11 or newer is needed: none of  python3 python3.13 python3.12 python3.11 is.",
        "0 passed, 1 failed, 0 skipped",
    ]


def test_the_python_that_was_asked_for_is_used(checkout: Path) -> None:
    recipe = "echo $(PYTHON); " + closes_with("1 passed, 0 failed, 0 skipped", 0)
    assert run(checkout, recipe, PYTHON=sys.executable)[1][0] == sys.executable


def test_an_engine_that_was_started_for_it_ends_with_it(checkout: Path) -> None:
    program(checkout / ".ci" / "engine", "sleep 300 >/dev/null 2>&1 &", "echo $! | tee pid")
    recipe = "kill -0 $$(cat pid) && " + closes_with("1 passed, 0 failed, 0 skipped", 0)
    status, lines = run(checkout, recipe)
    assert (status, lines) == (0, ["1 passed, 0 failed, 0 skipped"])
    engine = psutil.pid_exists(pid := int((checkout / "pid").read_text()))
    assert not engine or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_what_the_engine_lacks_is_told_and_the_run_goes_on(checkout: Path) -> None:
    program(checkout / ".ci" / "engine", "echo 'no Docker Engine was prepared: no apt' >&2", "exit 1")
    status, lines = run(checkout, closes_with("1 passed, 0 failed, 0 skipped", 0))
    assert (status, lines) == (
        0,
        ["no Docker Engine was prepared: no apt", "1 passed, 0 failed, 0 skipped"],
    )


def test_a_browser_is_installed_beside_the_tests(checkout: Path) -> None:
    program(checkout / ".ci" / "browser", "until [ -e tested ]; do sleep 0.01; done", "echo done > installed")
    recipe = "touch tested; until [ -e installed ]; do sleep 0.01; done; " + closes_with(
        "1 passed, 0 failed, 0 skipped", 0
    )
    assert run(checkout, recipe) == (0, ["1 passed, 0 failed, 0 skipped"])

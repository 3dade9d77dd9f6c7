"""`make matrix-quick` where Synapse cannot be installed: a skip for a person, a failure for CI."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.contract.ci.test_ci_run import BARE, ROOT, program

from syncproof.report.closing import Counts, counts_of

WHY = "ERROR: No matching distribution found for matrix-synapse==9.9.9"


@pytest.mark.parametrize(
    ("ci", "status", "counts"),
    [({}, 0, Counts(0, 0, 1)), ({"CI": "true"}, 2, Counts(0, 1, 0))],
    ids=["a person", "ci"],
)
def test_what_cannot_be_installed_is_told(
    tmp_path: Path, ci: dict[str, str], status: int, counts: Counts
) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    program(tmp_path / "bin" / "python", f'case "$*" in *matrix*) echo "{WHY}"; exit 1 ;; esac')
    for name in ("requirements.txt", "pyproject.toml"):
        (tmp_path / name).touch()
    (tmp_path / ".venv").mkdir()
    without = {name: value for name, value in BARE.items() if name != "CI"}
    done = subprocess.run(
        ["make", "matrix-quick", "BIN=bin"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env=without | ci,
    )
    assert done.returncode == status, done.stderr
    word = "FAILURE" if ci else "SKIPPED"
    said = f"{word}: Nothing ran on Matrix, because Synapse cannot be installed here. {WHY}"
    assert said in done.stdout.splitlines()
    assert counts_of(tmp_path / "results" / "test" / "matrix" / "instead.xml") == counts

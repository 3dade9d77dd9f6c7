"""Disks that are full: one message that says which, a status that fails, and nothing left."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.meta.child_run import QUICK, suite
from tests.meta.conftest import Start

SCENARIO = (
    "Given Alice and Bob are syncing\n"
    "When Alice sends 60 messages of 100 KB\n"
    "Then Bob should receive all 60 messages within 10 seconds"
)
MOUNT = 'mount -t tmpfs -o "$1" none "$2" && shift 2 && exec "$@"'


def inside(disk: str, folder: Path) -> tuple[str, ...]:
    """The command that runs another one with a small disk at this folder, which nobody else sees."""
    return ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", MOUNT, "sh", disk, str(folder))


def cannot_mount() -> str:
    """Why this host lets nobody have a disk of his own ("" if it does)."""
    try:
        done = subprocess.run(
            [*inside("size=40k", Path("/tmp")), "true"], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return "unshare(1) is not installed"
    return done.stderr.strip() if done.returncode else ""


WHY_NOT = cannot_mount()
pytestmark = pytest.mark.skipif(bool(WHY_NOT), reason=f"no small disk can be mounted here: {WHY_NOT}")


@pytest.mark.parametrize(
    ("disk", "words"),
    [
        ("nr_inodes=3", "Nothing can be started: 'recorder' ended before it was ready"),
        ("size=40k", "'relay' ended before it was ready"),
        ("size=2m", "the device could not store the operation: OperationalError: database or disk is full"),
    ],
)
def test_a_full_temporary_folder_is_named(start: Start, tmp_path: Path, disk: str, words: str) -> None:
    full = tmp_path / "full"
    full.mkdir()
    path = suite(tmp_path, {"Scenario": SCENARIO})
    ended = start(*QUICK, path, temporary=full, inside=inside(disk, full)).end()
    message = ended.tests["Scenario"].message
    assert words in message
    assert "no space left" in message or "disk is full" in message
    ended.check(status=1)


def test_evidence_that_cannot_be_written_fails_the_test_at_once(start: Start, tmp_path: Path) -> None:
    evidence = tmp_path / "output" / "history"
    evidence.mkdir(parents=True)
    path = suite(tmp_path, {"Scenario": SCENARIO, "Another": SCENARIO})
    ended = start(*QUICK, path, folder=tmp_path, inside=inside("size=12k", evidence)).end()
    message = ended.tests["Scenario"].message
    assert "The recorder's process ended by itself (exit status 1)" in message
    assert f"The evidence cannot be written: No space left on device: {evidence}" in message
    assert ended.tests["Another"].status == "FAIL"
    ended.check(status=2)


def test_a_full_output_folder_fails_the_run(start: Start, tmp_path: Path) -> None:
    """Robot Framework cannot write its own results then; what is ours still ends."""
    (tmp_path / "output").mkdir()
    path = suite(tmp_path, {"Scenario": SCENARIO})
    ended = start(*QUICK, path, folder=tmp_path, inside=inside("size=40k", tmp_path / "output")).end()
    assert ended.status != 0
    assert "No space left on device" in ended.console
    assert (ended.left, ended.temporary) == ((), ())

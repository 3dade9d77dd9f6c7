"""What a browser's agent starts: nothing of it outlives the agent, and runs take turns."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from syncproof_products.taskserver.page.agent import turns

KEEPER = Path(turns.__file__).with_name("keeper.py")
#: Starts a keeper whose program leaves a process behind in a session of its own, and has a file in its folder.
STARTER = f"""
import subprocess, sys, time
program = "setsid sleep 600 & echo $! >{{0}}/pids; touch $TMPDIR/file; echo $TMPDIR >{{0}}/folder; exec sleep 600"
subprocess.Popen([sys.executable, {str(KEEPER)!r}, "sh", "-c", program.format(sys.argv[1])],
                 stdin=subprocess.PIPE, start_new_session=True)
time.sleep(600)
"""
PATIENCE_S = 60.0


def until(said: str, holds: object) -> None:
    """Wait for something. Raises AssertionError."""
    assert callable(holds)
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, said
        time.sleep(0.01)


def test_nothing_outlives_who_started_it(tmp_path: Path) -> None:
    starter = subprocess.Popen([sys.executable, "-c", STARTER, str(tmp_path)])
    try:
        until(
            "no program",
            lambda: (tmp_path / "folder").exists() and (tmp_path / "folder").read_text().endswith("\n"),
        )
        started = psutil.Process(starter.pid).children(recursive=True)
        orphan = psutil.Process(int((tmp_path / "pids").read_text()))
        folder = Path((tmp_path / "folder").read_text().strip())
        assert (folder / "file").exists()
    finally:
        os.kill(starter.pid, signal.SIGKILL)
        starter.wait()
    for process in {*started, orphan}:
        until(f"{process} outlived it", lambda process=process: not process.is_running())
    until("its folder outlived it", lambda: not folder.exists())


def test_the_keeper_ends_with_its_program() -> None:
    kept = subprocess.run(
        [sys.executable, KEEPER, "sh", "-c", "setsid sleep 600 & exit"],
        stdin=subprocess.PIPE,
        timeout=PATIENCE_S,
        check=True,
    )
    assert kept.returncode == 0


def test_browsers_of_one_run_share_a_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with turns.take(), turns.take():
        monkeypatch.setattr(os, "getppid", lambda: 1)
        monkeypatch.setattr(time, "sleep", stop_waiting)
        with pytest.raises(InterruptedError):
            turns.take()
    with turns.take():
        pass


def stop_waiting(_: float) -> None:
    raise InterruptedError

"""What a browser's agent starts: nothing of it outlives the agent, and runs take turns."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from syncproof_products.taskserver.page.agent import chromium as chromium_module
from syncproof_products.taskserver.page.agent import turns
from syncproof_products.taskserver.page.agent.chromium import Chromium

RunOf = Callable[[int], None]
PARENT = os.getppid()

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


def test_the_keeper_ends_all_when_it_is_told_to(tmp_path: Path) -> None:
    program = "setsid sleep 600 & echo $! >$0/pid; echo $TMPDIR >$0/folder; exec sleep 600"
    keeper = subprocess.Popen(
        [sys.executable, KEEPER, "sh", "-c", program, str(tmp_path)], stdin=subprocess.PIPE
    )
    try:
        until(
            "no program",
            lambda: (tmp_path / "folder").exists() and (tmp_path / "folder").read_text().endswith("\n"),
        )
        kept = [*psutil.Process(keeper.pid).children(recursive=True)]
        kept.append(psutil.Process(int((tmp_path / "pid").read_text())))
        keeper.terminate()
        assert keeper.wait(PATIENCE_S) == 0
    finally:
        keeper.kill()
        keeper.communicate()
    assert [process for process in kept if process.is_running()] == []
    assert not Path((tmp_path / "folder").read_text().strip()).exists()


def test_a_keeper_that_is_told_to_end_while_it_ends_leaves_nothing(tmp_path: Path) -> None:
    """However the sign falls: its program has just ended, or its input has."""
    for turn in range(30):
        pid = tmp_path / f"pid{turn}"
        program = "setsid sleep 600 & echo $! >$0; exec sleep 0.05"
        keeper = subprocess.Popen(
            [sys.executable, KEEPER, "sh", "-c", program, str(pid)], stdin=subprocess.PIPE
        )
        try:
            until("no program", lambda pid=pid: pid.exists() and pid.read_text().endswith("\n"))
            orphan = psutil.Process(int(pid.read_text()))
            while keeper.poll() is None:
                keeper.terminate()
            assert keeper.returncode == 0
            assert not orphan.is_running()
        finally:
            keeper.kill()
            keeper.communicate()


class _Crashed:
    """The library of a browser that is gone."""

    def close_page(self, *_: object) -> None:
        raise AssertionError("Target page, context or browser has been closed")


def test_a_browser_that_has_crashed_is_ended_and_another_one_is_started(tmp_path: Path) -> None:
    pytest.importorskip("Browser", reason="needs the package robotframework-browser")
    chromium = Chromium(tmp_path)
    chromium._library, chromium._tabs = _Crashed(), ["1"]
    chromium._keeper = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
    chromium.close_tabs()
    assert chromium._keeper.returncode == 0
    assert (chromium._library, chromium.read()) == (None, [])


def test_processes_that_do_not_end_hold_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("Browser", reason="needs the package robotframework-browser")
    monkeypatch.setattr(chromium_module, "_ENDS_S", 0.1)
    chromium = Chromium(tmp_path)
    chromium._library = _Crashed()
    chromium._keeper = subprocess.Popen(["sleep", "600"], stdin=subprocess.PIPE)
    try:
        chromium.close_tabs()
        assert chromium._keeper.poll() is None
    finally:
        chromium._keeper.kill()
        chromium._keeper.wait()


def test_a_browser_that_does_not_start_says_why_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("BrowserBatteries", reason="needs the package BrowserBatteries")
    (tmp_path / "chromium").write_text("#!/bin/sh\necho no screen >&2; exit 3\n")
    (tmp_path / "chromium").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    before = set(psutil.Process().children(recursive=True))
    with pytest.raises(RuntimeError, match=r"expected Chromium to start, seen .*node\.log"):
        Chromium(tmp_path / "browser").open_tab("127.0.0.1:9", "orders")
    assert set(psutil.Process().children(recursive=True)) == before


def test_browsers_of_one_run_share_a_turn(run_of: RunOf) -> None:
    with turns.take(), turns.take():
        run_of(1)
        with pytest.raises(turns.NoTurn, match=f"children of process {PARENT}: wait for them, or end them"):
            turns.take(0)
    with turns.take(0):
        pass


def test_runs_have_turns_in_the_order_in_which_they_asked(
    run_of: RunOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has just ended asks again behind those who wait."""
    others: list[int] = []

    def meanwhile(_: float) -> None:
        """The second waits: the first ends, and the third asks."""
        held.close()
        run_of(os.getpid())
        with pytest.raises(turns.NoTurn):
            turns.take(0)
        others.append(3)
        run_of(1)

    held = turns.take()
    run_of(1)
    monkeypatch.setattr(time, "sleep", meanwhile)
    with turns.take():
        assert others == [3]


def test_who_has_ended_in_the_queue_is_passed_over(run_of: RunOf, tmp_path: Path) -> None:
    del run_of
    with turns.take():
        pass
    [folder] = tmp_path.glob("*/queue")
    (folder / f"{0:020}-1").touch()
    with turns.take(0):
        pass
    assert list(folder.iterdir()) == []


def test_a_turn_ends_with_the_parent(run_of: RunOf) -> None:
    ended = subprocess.Popen(["true"])
    run_of(ended.pid)
    with turns.take():
        ended.wait()
        run_of(1)
        with turns.take(0):
            pass


def test_nobody_waits_for_a_turn_without_a_parent(run_of: RunOf, monkeypatch: pytest.MonkeyPatch) -> None:
    with turns.take():
        run_of(os.getpid())
        monkeypatch.setattr(time, "sleep", lambda _: run_of(1))
        with pytest.raises(turns.NoTurn, match="whoever wanted a browser has ended"):
            turns.take()


@pytest.fixture
def run_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunOf:
    """From then on this process is the child of another one; nobody else has a turn here."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def change(parent: int) -> None:
        monkeypatch.setattr(os, "getppid", lambda: parent)

    return change

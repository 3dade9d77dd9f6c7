"""Runs on machines, and in programs, that lack something: the message has the one reason, and what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from robot.api import ExecutionResult
from tests.meta.child_run import NO_LOG, QUICK, suite
from tests.meta.conftest import Start

from syncproof.processes.machine import with_limit

SCENARIO = {"Scenario": "Given Alice and Bob are syncing\nWhen Alice sends 1 message"}
WITHOUT_LO = ("unshare", "--user", "--map-root-user", "--net")


def can_unshare() -> bool:
    try:
        return subprocess.run([*WITHOUT_LO, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not can_unshare(), reason="no network of one's own can be had here")
def test_a_loopback_interface_that_is_down_is_named(start: Start, tmp_path: Path) -> None:
    ended = start(*NO_LOG, *QUICK, suite(tmp_path, SCENARIO), inside=WITHOUT_LO).end()
    assert ended.tests["Scenario"].message == (
        "Nothing can be started: The network interface lo is down, and all parts of a run talk over it. "
        "As root: ip link set lo up"
    )
    ended.check(status=1)


def test_a_thread_that_runs_robot_is_told_what_to_do(tmp_path: Path) -> None:
    path = suite(tmp_path, SCENARIO)
    program = f"""
import threading, robot
options = {{"outputdir": {str(tmp_path)!r}, "log": None, "report": None, "console": "none"}}
running = threading.Thread(target=robot.run, args=({str(path)!r},), kwargs=options)
running.start()
running.join()
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
    (test,) = ExecutionResult(str(tmp_path / "output.xml")).suite.all_tests
    assert test.message == (
        "Nothing can be started: Robot Framework runs in a thread here, and what a run starts would end with that "
        "thread. Call robot.run in the main thread, or start robot as a process of its own."
    )


def test_too_few_processes_are_the_first_thing_that_is_said() -> None:
    """Root has no such limit, and whoever tests may be root."""
    log = "'relay' ended before it was ready; the end of its log:\n    RuntimeError: can't start new thread"
    first, *rest = with_limit(log).splitlines()
    assert first.startswith("This user can start no more processes and threads. `ulimit -u`")
    assert "\n".join(rest) == log
    assert with_limit("Expected Bob to receive all 3 messages.") == "Expected Bob to receive all 3 messages."

"""Runs that somebody ends in mid-scenario: nothing of them goes on, and what they leave is swept by the next."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from tests.meta.child_run import NO_LOG, QUICK, suite
from tests.meta.conftest import Start
from tests.meta.stopped_run import SHORT, STOPPED, check_swept, in_mid_scenario, left_over, stopped


def test_kill_9_of_robot_while_a_device_is_stopped(start: Start, tmp_path: Path) -> None:
    run = in_mid_scenario(start, tmp_path)
    assert len(run.processes()) >= 6  # robot, launcher, recorder, relay, toxiproxy, two devices
    run.process.kill()
    run.process.wait()
    assert run.gone() == ()
    (left,) = left_over(run)
    assert left.startswith(f"syncproof-{run.process.pid}-")
    check_swept(run, start, tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_robot_end_the_test(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    run = in_mid_scenario(start, tmp_path)
    os.killpg(run.process.pid, number)  # what a terminal does on Ctrl-C
    ended = run.end(15)
    ended.check(status=2)  # as many as failed: Robot Framework's own, for a run that was stopped gently
    assert ended.tests["Stopped"].status == "FAIL"
    assert ended.tests["Stopped"].message == "Execution terminated by signal"
    assert ended.tests["After it"].status == "FAIL"
    assert (ended.output / "log.html").exists()
    assert '"edge":"end"' in ended.history("Stopped"), "the fault was taken away by the end of the test"


def test_a_second_ctrl_c_ends_at_once_and_leaves_nothing_running(start: Start, tmp_path: Path) -> None:
    run = in_mid_scenario(start, tmp_path)
    os.killpg(run.process.pid, signal.SIGINT)
    os.killpg(run.process.pid, signal.SIGINT)
    run.process.wait(15)
    assert run.gone() == ()
    check_swept(run, start, tmp_path)


def test_a_temporary_folder_with_a_long_name_is_as_good(start: Start, tmp_path: Path) -> None:
    """A unix socket's path has room for 107 bytes."""
    deep = tmp_path / ("deep" * 30)
    deep.mkdir()
    start(*QUICK, suite(tmp_path, {"Short": SHORT}), temporary=deep).end().check(status=0)


def test_runs_beside_each_other_leave_each_other_alone(start: Start, tmp_path: Path) -> None:
    """The second begins, sweeps and ends while the first stands still in mid-scenario; the first then goes on."""
    steps = STOPPED.replace("10 minutes", "30 seconds")
    first = start(*QUICK, *NO_LOG, suite(tmp_path, {"Stopped": steps}, name="first"))
    first.wait_for("stopped Bob", lambda: stopped(first) == 1)
    first.process.send_signal(signal.SIGSTOP)
    (own,) = left_over(first)
    second = start(*QUICK, *NO_LOG, suite(tmp_path, {"Short": SHORT}), temporary=first.temporary)
    assert second.process.wait(30) == 0
    assert left_over(first) == [own]
    first.process.send_signal(signal.SIGCONT)
    first.end().check(status=0)

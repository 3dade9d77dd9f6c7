"""The same for pabot, whose robots have sessions of their own: nothing of ours goes on without it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from tests.meta.conftest import Start
from tests.meta.stopped_run import check_swept, in_mid_scenario, left_over


@pytest.mark.parametrize("options", [(), ("--no-pabotlib",)])
def test_kill_9_of_pabot_while_devices_are_stopped(
    start: Start, tmp_path: Path, options: tuple[str, ...]
) -> None:
    run = in_mid_scenario(start, tmp_path, "--processes", "2", *options, program="pabot")
    run.process.kill()
    run.process.wait()
    # Its lock server is pabot's own, and outlives it; make's pabot has none.
    assert run.gone(but="pabot.pabotlib") == ()
    assert [name for name in left_over(run) if name.startswith("syncproof-")]
    check_swept(run, start, tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_pabot_and_its_robots(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    run = in_mid_scenario(start, tmp_path, "--no-pabotlib", "--processes", "2", program="pabot")
    os.killpg(run.process.pid, number)
    status = run.process.wait(30)
    assert status != 0
    assert run.gone() == ()
    check_swept(run, start, tmp_path)


def test_ctrl_c_in_make_is_answered_with_one_line(start: Start, tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.write_text(f'#!/bin/sh\nexec {sys.executable} -m syncproof.report.interruptible "$@"\n')
    made.chmod(0o755)
    run = in_mid_scenario(start, tmp_path, "--no-pabotlib", "--processes", "2", program=str(made))
    os.killpg(run.process.pid, signal.SIGINT)
    assert run.process.wait(30) == 253
    log = run.output / "log.html"
    # Where the machine is too busy for it, pabot does not mark what it has ended, and there is no log.
    told = f"Log of what has ended: {log}" if log.exists() else "No suite has ended."
    _, interrupted, said = run.console().partition("Interrupted")
    assert interrupted + said == f"Interrupted: ending what runs. {told}\n"
    assert run.gone() == ()


@pytest.mark.parametrize(
    ("library", "starts", "process"),
    [
        ("AgentLibrary", "Provide Agents", "Bob"),
        ("ToxiproxyLibrary", "Create Proxy    shop    127.0.0.1:1", "toxiproxy"),
    ],
)
def test_kill_9_of_pabot_whose_suites_use_one_library(
    start: Start, tmp_path: Path, library: str, starts: str, process: str
) -> None:
    suite = tmp_path / "waits.robot"
    suite.write_text(
        f"*** Settings ***\nLibrary    {library}\n*** Test Cases ***\nWaits\n    {starts}\n    Sleep    10 minutes\n"
    )
    run = start("--no-pabotlib", suite, program="pabot")
    run.wait_for(process, lambda: bool(run.named(process)))
    run.process.kill()
    run.process.wait()
    assert run.gone() == ()

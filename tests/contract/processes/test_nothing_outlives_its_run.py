"""Runs that end in the worst ways, and what is left of them: nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncproof.processes import procfs
from syncproof.processes.owned_directory import sweep

Pids = dict[str, int]


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.contract.processes.owner", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        start_new_session=True,
    )
    with process:
        yield process
        process.kill()


def pids_of(owner: subprocess.Popen[str]) -> Pids:
    assert owner.stdout is not None
    pids: Pids = json.loads(owner.stdout.readline())
    assert len(pids) == 5
    return pids


def left(pids: Pids) -> list[str]:
    return [name for name, pid in pids.items() if procfs.start_time(pid) is not None]


def assert_nothing_left(pids: Pids, within_s: float = 15.0) -> None:
    deadline = time.monotonic() + within_s
    while remaining := left(pids):
        assert time.monotonic() < deadline, f"still there: {remaining}"
        time.sleep(0.01)


def test_kill_9_of_the_run_ends_all_even_what_is_stopped(
    owner: subprocess.Popen[str], tmp_path: Path
) -> None:
    pids = pids_of(owner)
    assert procfs.thread_states(pids["suspended"]) == ["T"]
    owner.kill()
    owner.wait()
    assert_nothing_left(pids)
    (abandoned,) = tmp_path.iterdir()
    assert sweep(tmp_path) == [abandoned]


def test_kill_9_of_the_launcher_ends_all_but_the_run(owner: subprocess.Popen[str]) -> None:
    pids = pids_of(owner)
    os.kill(pids.pop("launcher"), signal.SIGKILL)
    assert_nothing_left(pids)
    assert owner.poll() is None


def test_kill_9_of_the_run_ends_a_stopped_launcher_too(owner: subprocess.Popen[str]) -> None:
    pids = pids_of(owner)
    os.kill(pids["launcher"], signal.SIGSTOP)
    owner.kill()
    owner.wait()
    assert_nothing_left(pids)


def test_ctrl_c_leaves_everything_running_for_the_teardown(
    owner: subprocess.Popen[str], tmp_path: Path
) -> None:
    pids = pids_of(owner)
    os.killpg(owner.pid, signal.SIGINT)  # what a terminal does on Ctrl-C
    assert owner.stdout is not None
    assert json.loads(owner.stdout.readline()) == {"alive": [True, True]}
    assert owner.wait(10) == 0
    assert_nothing_left(pids)
    assert list(tmp_path.iterdir()) == []


TIED = """
import time
from syncproof.processes import die_with_parent
die_with_parent()
print(flush=True)
time.sleep(600)
"""
PARENT = f"""
import subprocess, sys, time
tied = subprocess.Popen([sys.executable, "-c", {TIED!r}], stdout=subprocess.PIPE)
tied.stdout.readline()
print(tied.pid, flush=True)
time.sleep(600)
"""
PIPED = """
import os, sys, time
from syncproof.processes.lifeline import die_with_pipe
die_with_pipe(int(sys.argv[1]))
print(flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("stopped", [False, True])
def test_the_parent_death_signal_alone_ends_a_process(stopped: bool) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        if stopped:
            os.kill(child, signal.SIGSTOP)
        parent.kill()
    try:
        assert_nothing_left({"child": child})
    finally:
        subprocess.run(["kill", "-9", str(child)], check=False, capture_output=True)


def test_a_process_whose_parent_has_died_already_ends_at_once() -> None:
    code = "from syncproof.processes import die_with_parent as d; d(parent=1 << 22); print('lives')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert done.stdout == ""


@pytest.mark.parametrize("when", ["running", "stopped", "before"])
def test_the_pipe_alone_ends_a_process(when: str) -> None:
    reading, writing = os.pipe()
    if when == "before":
        os.close(writing)
    command = [sys.executable, "-c", PIPED, str(reading)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, pass_fds=[reading]) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        if when == "stopped":
            process.send_signal(signal.SIGSTOP)
        if when != "before":
            assert process.poll() is None
            os.close(writing)
        try:
            assert process.wait(5) == -signal.SIGKILL
        finally:
            process.kill()
    assert said == (b"" if when == "before" else b"\n")
    os.close(reading)

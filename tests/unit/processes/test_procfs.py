from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

from syncproof.processes import procfs


def test_a_process_has_one_start_time() -> None:
    start = procfs.start_time(os.getpid())
    assert start is not None
    ticks = os.sysconf("SC_CLK_TCK")
    assert 0 < start / ticks <= time.clock_gettime(time.CLOCK_BOOTTIME)
    assert procfs.start_time(os.getpid()) == start


def test_who_is_not_there_has_none() -> None:
    assert procfs.start_time(1 << 22) is None
    assert procfs.thread_states(1 << 22) == []


def test_a_zombie_is_not_there() -> None:
    child = subprocess.Popen(["true"])
    deadline = time.monotonic() + 20
    while procfs.start_time(child.pid) is not None:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    child.wait()


def test_a_name_with_spaces_and_brackets_confuses_nobody(tmp_path: Path) -> None:
    program = tmp_path / "a) Z 1 (b"
    shutil.copy("/bin/sleep", program)
    with subprocess.Popen([program, "600"]) as process:
        assert procfs.thread_states(process.pid)[0] in "RSD"
        assert procfs.start_time(process.pid) is not None
        process.kill()

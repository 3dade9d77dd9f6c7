"""Commands side by side; one that hangs is ended with all that it started, and holds up nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from syncproof.report.process_groups import end, side_by_side

#: Far more than a busy machine needs for a command that waits for nothing.
PATIENCE_S = 120.0


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_each_line_is_told_as_it_comes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    there = tmp_path / "there"
    waits = f"import pathlib, time\nprint('begins', flush=True)\npath = pathlib.Path({str(there)!r})\n"
    commands = {
        "slow": python(f"{waits}while not path.exists(): time.sleep(0.01)\nprint('ends', end='')"),
        "red": python("print('f\\u00e4llt'); exit(3)"),
        "quick": python(f"{waits}time.sleep(0.5)\npath.touch()"),
    }
    assert side_by_side(commands, 3, PATIENCE_S, 5) == {"slow": 0, "red": 3, "quick": 0}
    told = capsys.readouterr().out.splitlines()
    assert sorted(told) == ["quick: begins", "red: f\u00e4llt", "slow: begins", "slow: ends"]
    assert told.index("slow: ends") > told.index("quick: begins")


def test_no_more_run_at_a_time_than_may(tmp_path: Path) -> None:
    place = str(tmp_path / "alone")
    alone = f"import os, time; os.mkdir({place!r}); time.sleep(0.2); os.rmdir({place!r})"
    assert side_by_side(dict.fromkeys("abc", python(alone)), 1, PATIENCE_S, 5) == {"a": 0, "b": 0, "c": 0}


def test_a_command_that_hangs_is_ended_with_what_it_started_and_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    started = tmp_path / "started"
    # Neither listens to the signal that asks it to end.
    deaf = "import signal, subprocess, sys, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    hangs = (
        f"{deaf}child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"print('waits', flush=True)\nopen({str(started)!r}, 'w').write(str(child.pid))\ntime.sleep(600)"
    )
    assert side_by_side({"hangs": python(hangs), "quick": python("print('ran')")}, 1, 10, 0.1) == {
        "hangs": 1,
        "quick": 0,
    }
    assert capsys.readouterr().out.splitlines() == [
        "hangs: waits",
        "hangs: FAILURE: it was ended, because it took longer than 10 s",
        "quick: ran",
    ]
    child = int(started.read_text())
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE


def test_the_whole_group_has_the_time_to_tidy_up(tmp_path: Path) -> None:
    waits, tidy = tmp_path / "waits", tmp_path / "tidy"
    child = (
        "import pathlib, signal, sys, time\n"
        f"def tidies_up(*_): time.sleep(0.5); pathlib.Path({str(tidy)!r}).touch(); sys.exit()\n"
        f"signal.signal(signal.SIGTERM, tidies_up)\npathlib.Path({str(waits)!r}).touch()\ntime.sleep(600)"
    )
    # The leader does not listen: the signal ends it at once.
    leader = python(f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {child!r}])")
    command = subprocess.Popen(leader, start_new_session=True)
    until = time.monotonic() + PATIENCE_S
    while not waits.exists():
        assert time.monotonic() < until
        time.sleep(0.01)
    end(command, 30)
    assert tidy.exists()


def test_a_group_that_has_ended_is_not_waited_for() -> None:
    command = subprocess.Popen(python("import time; time.sleep(600)"), start_new_session=True)
    began = time.monotonic()
    end(command, PATIENCE_S)
    assert time.monotonic() - began < PATIENCE_S


def test_what_has_left_the_group_holds_up_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    leaves = (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(5)'], start_new_session=True)\n"
        "print('ran')"
    )
    assert side_by_side({"leaves": python(leaves)}, 1, PATIENCE_S, 5) == {"leaves": 0}
    assert capsys.readouterr().out == "leaves: ran\n"

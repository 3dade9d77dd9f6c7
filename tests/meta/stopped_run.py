"""A run that is in mid-scenario and would be for long: a device stands still, and somebody waits for it."""

from __future__ import annotations

from pathlib import Path

import psutil
from tests.meta.child_run import NO_LOG, QUICK, ChildRun, suite
from tests.meta.conftest import Start

MEET = "Given Alice and Bob are syncing\n"
#: Bob stands still, and somebody who waits for him would wait long.
STOPPED = (
    MEET
    + "When Bob's process is suspended\n"
    + "And Alice sends 5 messages\n"
    + "And Bob's process is resumed after 10 minutes\n"
    + "Then Bob should receive all 5 messages within 10 seconds"
)
SHORT = MEET + "When Alice sends 2 messages\nThen Bob should receive all 2 messages within 10 seconds"


def in_mid_scenario(start: Start, tmp_path: Path, *options: str, program: str = "robot") -> ChildRun:
    """A run (of two suites under pabot) whose Bobs stand still."""
    folder = tmp_path / "suites"
    folder.mkdir()
    suite(folder, {"Stopped": STOPPED, "After it": SHORT}, name="first")
    count = 1
    if program == "pabot":
        suite(folder, {"Stopped": STOPPED}, name="second")
        count = 2
    run = start(*options, *QUICK, folder, program=program)
    run.wait_for("stopped Bob", lambda: stopped(run) == count)
    return run


def stopped(run: ChildRun) -> int:
    """How many of its Bobs stand still."""
    return sum(process.status() == psutil.STATUS_STOPPED for process in run.named("Bob"))


def left_over(run: ChildRun) -> list[str]:
    """What its folder for temporary files holds."""
    return sorted(path.name for path in run.temporary.iterdir())


def check_swept(run: ChildRun, start: Start, tmp_path: Path) -> None:
    """The next run with the same temporary folder removes what this one left there, and its own."""
    path = suite(tmp_path, {"Starts only": "When Alice sends 2 messages"})
    start(*NO_LOG, path, temporary=run.temporary).end().check(status=1)

"""A robot process that runs one test after the other, each with variables of its own.

Starting Robot Framework, the launcher, the recorder and the proxy costs more than most tests do. Here they are started
once: every test is alone in a suite file of its own, whose server and devices start with what its variables say.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from robot.api import TestSuite

from syncproof.processes import die_with_parent


@dataclass(frozen=True)
class Job:
    """One test to run. variables: its own, beside those of the process: DEFECT and SEED are read anew by each test."""

    suite: Path
    test: str
    variables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Outcome:
    """How one test of a run ended. elapsed_s: how long it took, seconds. skipped: it cannot run where that run was."""

    passed: bool
    message: str
    elapsed_s: float
    skipped: bool = False


@dataclass(frozen=True)
class Done:
    """What a job left. outcome: None where no test ran. title: the test's full name, which its history has.

    noted: what it wrote into the file that `Workers` were told to look for. stopped: this process can run nothing any
    more, nor did it run this.
    """

    outcome: Outcome | None
    title: str
    noted: str
    stopped: bool


class Feed:
    """A listener that puts the next job into the running suite when the one before is over, with its relay."""

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self, jobs: Connection, note: Path) -> None:
        self._jobs, self._note = jobs, note
        #: The suite that the next job is put into. One for each, so that no two tests have one full name.
        self._slot: Any = None
        self._count = 0

    def start_suite(self, data: Any, result: Any) -> None:  # noqa: ARG002
        """Listener: wait for a job where it has its place, and make a place for the one after it."""
        if self._count == 0:
            self._make_slot(data)
        elif data is self._slot and (job := self._next_job()) is not None:
            if self._note.is_file():
                self._note.unlink()
            data.suites.append(_suite_of(job))
            self._make_slot(data.parent)

    def end_suite(self, data: Any, result: Any) -> None:  # noqa: ARG002
        """Listener: tell what a job has left."""
        if result.parent is not None and result.parent.parent is None and result.suites:
            test = next(iter(result.suites[0].tests), None)
            self._jobs.send(
                Done(
                    Outcome(test.passed, test.message, test.elapsed_time.total_seconds(), bool(test.skipped))
                    if test is not None
                    else None,
                    str(test.full_name) if test is not None else "",
                    self._note.read_text() if self._note.is_file() else "",
                    test is not None and test.tags.robot("exit"),
                )
            )

    def _make_slot(self, root: TestSuite) -> None:
        self._count += 1
        self._slot = root.suites.create(name=f"Job {self._count}")

    def _next_job(self) -> Job | None:
        try:
            job: Job | None = self._jobs.recv()
        except EOFError:  # nobody is left to run anything for
            return None
        return job


def _suite_of(job: Job) -> TestSuite:
    """The one test, in a suite file that has its variables, so that only who starts programs reads them."""
    suite = TestSuite.from_file_system(str(job.suite))
    suite.tests = [test for test in suite.tests if test.name == job.test]
    for name, value in job.variables:
        suite.resource.variables.create(name=f"${{{name}}}", value=[value])
    return suite


def run(jobs: Connection, folder: Path, variables: Mapping[str, str], noted: str) -> None:
    """Run jobs as they come until there are no more; results go to `folder`. The main function of a process."""
    die_with_parent()
    folder.mkdir(parents=True)
    with (folder / "robot.log").open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    output = folder / "output.xml"
    TestSuite(name="Jobs").run(
        outputdir=str(folder),
        output=output.name,
        console="none",
        listener=Feed(jobs, folder / noted),
        variable=[f"{name}:{value}" for name, value in variables.items()],
    )

"""A robot process that runs one pair of the kill matrix after the other.

Starting Robot Framework, the launcher, the recorder and the proxy costs more than most tests do. Here they are started
once: every pair is a suite file of its own with one test, whose server and devices start with the defect of the pair.
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
from syncproof_defects import RAN
from syncproof_defects.kills import Outcome, ran_beside


@dataclass(frozen=True)
class Job:
    """One test to run. defect: its name, as the variable DEFECT takes it."""

    suite: Path
    test: str
    defect: str


@dataclass(frozen=True)
class Done:
    """What a job left. outcome: None where no test ran. title: the test's full name, which its history has.

    ran: the defects whose changed line ran in it. stopped: this process can run nothing any more, nor did it run this.
    """

    outcome: Outcome | None
    title: str
    ran: frozenset[str]
    stopped: bool


class Feed:
    """A listener that puts the next job into the running suite when the one before is over, with its relay."""

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self, jobs: Connection, output: Path) -> None:
        self._jobs, self._output = jobs, output
        #: The suite that the next job is put into. One for each, so that no two tests have one full name.
        self._slot: Any = None
        self._count = 0

    def start_suite(self, data: Any, result: Any) -> None:  # noqa: ARG002
        """Listener: wait for a job where it has its place, and make a place for the one after it."""
        if self._count == 0:
            self._make_slot(data)
        elif data is self._slot and (job := self._next_job()) is not None:
            self._output.with_name(RAN).unlink(missing_ok=True)
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
                    ran_beside(self._output),
                    test is not None and test.tags.robot("exit"),
                )
            )

    def _make_slot(self, root: TestSuite) -> None:
        self._count += 1
        self._slot = root.suites.create(name=f"Pair {self._count}")

    def _next_job(self) -> Job | None:
        try:
            job: Job | None = self._jobs.recv()
        except EOFError:  # nobody is left to run anything for
            return None
        return job


def _suite_of(job: Job) -> TestSuite:
    """The one test, in a suite file that has the defect as a variable, so that only who starts programs reads it."""
    suite = TestSuite.from_file_system(str(job.suite))
    suite.tests = [test for test in suite.tests if test.name == job.test]
    suite.resource.variables.create(name="${DEFECT}", value=[job.defect])
    return suite


def run(jobs: Connection, folder: Path, variables: Mapping[str, str]) -> None:
    """Run jobs as they come until there are no more; results go to `folder`. The main function of a process."""
    die_with_parent()
    folder.mkdir(parents=True)
    with (folder / "robot.log").open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    output = folder / "output.xml"
    TestSuite(name="Kills").run(
        outputdir=str(folder),
        output=output.name,
        console="none",
        listener=Feed(jobs, output),
        variable=[f"{name}:{value}" for name, value in variables.items()],
    )

"""Runs of `robot` and `pabot` as a person starts them, and what can be known of them afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from robot.api import ExecutionResult, ResultVisitor
from robot.result import Message, TestCase

ROOT = Path(__file__).parents[2]
RESOURCE = ROOT / "resources" / "sync.resource"
#: In the environment of every process of a run, however far it is from the one that was started.
MARK = "SYNCPROOF_META_RUN"
QUICK = ("--variable", "TIME_SCALE:0.1")
#: For runs of which only output.xml is looked at.
NO_LOG = ("--log", "NONE", "--report", "NONE")
GONE_S = 10.0


def suite(folder: Path, tests: Mapping[str, str], *, name: str = "written", settings: str = "") -> Path:
    """A suite file of tests, each the sentences of one string."""
    path = folder / f"{name}.robot"
    cases = "".join(
        f"{title}\n" + "".join(f"    {line.strip()}\n" for line in steps.strip().splitlines())
        for title, steps in tests.items()
    )
    path.write_text(f"*** Settings ***\nResource    {RESOURCE}\n{settings}\n*** Test Cases ***\n{cases}")
    return path


@dataclass(frozen=True)
class Outcome:
    """How one test ended."""

    status: str
    message: str

    @property
    def evidence(self) -> str:
        """The file that its message names, relative to the log."""
        (line,) = (line for line in self.message.splitlines() if line.startswith("Evidence: "))
        return line.removeprefix("Evidence: ")


@dataclass(frozen=True)
class Ended:
    """A run that is over. left: processes of it that still ran GONE_S later. temporary: what its folder holds."""

    status: int
    console: str
    output: Path
    left: tuple[str, ...]
    temporary: tuple[str, ...]

    @property
    def tests(self) -> dict[str, Outcome]:
        """Every test by name."""
        found = ExecutionResult(self.output / "output.xml").suite.all_tests
        return {test.name: Outcome(test.status, test.message) for test in found}

    @property
    def attempts(self) -> list[Outcome]:
        """Every test in order, those of one name and those that were run again too."""
        found = ExecutionResult(self.output / "output.xml").suite.all_tests
        return [Outcome(test.status, test.message) for test in found]

    @property
    def errors(self) -> list[str]:
        """What stands under `Test Execution Errors`."""
        return [message.message for message in ExecutionResult(self.output / "output.xml").errors.messages]

    def logged(self, test: str) -> list[tuple[str, str]]:
        """Every HTML message of a test with the status of the keyword that it stands in ("" for none)."""
        seen = _Html(test)
        ExecutionResult(self.output / "output.xml").visit(seen)
        return seen.found

    def history(self, test: str) -> str:
        """The evidence of a test, as text."""
        slug = test.lower().replace(" ", "-")
        (path,) = (self.output / "history").glob(f"*-{slug}.*.jsonl")
        return path.read_text()

    def check(self, status: int) -> None:
        """The exit status, and that nothing of the run is left."""
        assert (self.status, self.left, self.temporary) == (status, (), ()), self.console
        assert "Traceback" not in self.console, self.console


class _Html(ResultVisitor):  # type: ignore[misc]
    """Collects HTML messages."""

    def __init__(self, test: str) -> None:
        self._test = test
        self.found: list[tuple[str, str]] = []

    def start_test(self, test: TestCase) -> bool:
        return bool(test.name == self._test)

    def visit_message(self, message: Message) -> None:
        if message.html:
            self.found.append((getattr(message.parent, "status", ""), message.message))


class ChildRun:
    """One `robot` or `pabot`, with an output folder and a folder for temporary files of its own.

    options: as on the command line, suite files last. program: `robot` or `pabot`. temporary: share one run's
    folder for temporary files with another. inside: a command that runs it (`unshare ...`).
    """

    def __init__(
        self,
        folder: Path,
        *options: str | Path,
        program: str = "robot",
        cwd: Path | None = None,
        temporary: Path | None = None,
        inside: Sequence[str] = (),
    ) -> None:
        self.output = folder / "output"
        # Not below pytest's own folder: a person's temporary folder has a short name.
        self.temporary = temporary or Path(tempfile.mkdtemp(prefix="meta-"))
        mark = f"{os.getpid()}-{time.monotonic_ns()}"
        self._mark = f"{MARK}={mark}\0".encode()
        programs = Path(sys.executable).parent
        environment = os.environ | {
            "PATH": f"{programs}:{os.environ['PATH']}",  # pabot starts `robot` from there
            "TMPDIR": str(self.temporary),
            MARK: mark,
        }
        self._console = (folder / "console.txt").open("w+")
        self.process = subprocess.Popen(
            [*inside, str(programs / program), "--outputdir", str(self.output), *map(str, options)],
            stdin=subprocess.DEVNULL,
            stdout=self._console,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=cwd or folder,
            start_new_session=True,  # what is sent to its group must not reach the one that tests it
        )

    def processes(self) -> list[psutil.Process]:
        """Whatever runs and belongs to this run, the orphaned and the stopped included."""
        found: list[psutil.Process] = []
        for environment in Path("/proc").glob("[0-9]*/environ"):
            with suppress(OSError, psutil.NoSuchProcess):  # ended since the listing, or somebody else's
                if self._mark in environment.read_bytes():
                    found.append(psutil.Process(int(environment.parent.name)))
        return found

    def named(self, name: str) -> list[psutil.Process]:
        """The processes of this run whose name in `ps` begins so (a device's goes on with its identity)."""
        return [process for process in self.processes() if _name(process).startswith(name)]

    def wait_for(self, what: str, seen: Callable[[], object], within_s: float = 90.0) -> None:
        """Until something of the run can be seen."""
        deadline = time.monotonic() + within_s
        while not seen():
            assert self.process.poll() is None, f"the run ended before {what}: {self.console()}"
            assert time.monotonic() < deadline, f"no {what} within {within_s:g} s: {self.console()}"
            time.sleep(0.05)

    def console(self) -> str:
        """What it has printed so far."""
        return Path(self._console.name).read_text()

    def gone(self, but: str = "") -> tuple[str, ...]:
        """Wait GONE_S at most for the last process to go; the names of those that stay.

        but: a word on the command line of those that may stay.
        """
        deadline = time.monotonic() + GONE_S
        while (left := self._all_but(but)) and time.monotonic() < deadline:
            time.sleep(0.05)
        return tuple(f"{_name(process)} ({process.pid})" for process in left)

    def _all_but(self, word: str) -> list[psutil.Process]:
        return [process for process in self.processes() if not word or word not in _command(process)]

    def end(self, within_s: float = 60.0) -> Ended:
        """Wait until it has ended by itself, and look for what is left."""
        status = self.process.wait(within_s)
        left = self.gone()
        names = tuple(sorted(path.name for path in self.temporary.iterdir()))
        return Ended(status, self.console(), self.output, left, names)

    def clear(self) -> None:
        """End whatever is left of it, when a test is over."""
        while left := self.processes():
            for process in left:
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGKILL)
            time.sleep(0.01)
        self.process.wait()
        self._console.close()


def _command(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except psutil.NoSuchProcess:
        return []


def _name(process: psutil.Process) -> str:
    try:
        return str(process.name())
    except psutil.NoSuchProcess:
        return "gone"

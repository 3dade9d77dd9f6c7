"""How long scenarios take to begin, and how well suite files run side by side."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from robot.result import ExecutionResult, ResultVisitor

from figure import Figure

ROOT = Path(__file__).resolve().parent.parent
CATEGORIES = ("suites/catchup", "suites/resilience")
SEVERAL_TESTS = "suites/resilience/interruption_at_the_start.robot"


@dataclass(frozen=True)
class Timed:
    """One test of a result: when it began, how long its `Given` took, how long all of it took (seconds)."""

    began: float
    given: float
    elapsed: float
    passed: bool


class _Tests(ResultVisitor):  # type: ignore[misc]
    def __init__(self) -> None:
        self.tests: list[Timed] = []

    def visit_test(self, test: object) -> None:
        began = test.start_time.timestamp()  # type: ignore[attr-defined]
        given = test.body[0].end_time.timestamp() - began  # type: ignore[attr-defined]
        self.tests.append(Timed(began, given, test.elapsed_time.total_seconds(), test.passed))  # type: ignore[attr-defined]


def run(tool: str, *arguments: str) -> tuple[float, float, list[Timed]]:
    """Run robot or pabot; answers when it was started, how long it took, and its tests."""
    with tempfile.TemporaryDirectory() as folder:
        started, begin = time.time(), time.monotonic()
        command = [str(Path(sys.executable).with_name(tool)), *arguments[:-1], "--outputdir", folder]
        subprocess.run([*command, *arguments[-1].split()], cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
        elapsed = time.monotonic() - begin
        tests = _Tests()
        ExecutionResult(f"{folder}/output.xml").visit(tests)
        return started, elapsed, tests.tests


def figures() -> list[Figure]:
    """The three figures of this module."""
    started, _, tests = run("robot", "--variable", "TIME_SCALE:0.1", SEVERAL_TESTS)
    given = statistics.median(test.given for test in tests[1:])
    first = tests[0].began - started
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as order:
        # The command prints the order; it names suites as a run of the whole folder does.
        subprocess.run(
            [sys.executable, "-m", "syncproof.report.ordering", "acceptance"],
            cwd=ROOT,
            check=True,
            stdout=order,
        )
        _, elapsed, everything = run(
            *("pabot", "--processes", "8", "--no-pabotlib", "--ordering", order.name),
            *("--name", "Suites", " ".join(CATEGORIES)),
        )
    longest = max(test.elapsed for test in everything)
    ratio = elapsed / longest
    passed = sum(test.passed for test in everything)
    return [
        Figure(
            "from a test's start to its first When",
            given * 1000,
            "ms",
            300,
            given <= 0.3,
            "median, suite is up",
        ),
        Figure("from robot's start to the first test", first, "s", 1.5, first <= 1.5),
        Figure(
            "both suites at TIME_SCALE 1, 8 processes, against their longest scenario",
            ratio,
            "times",
            1.4,
            ratio <= 1.4 and passed == len(everything),
            f"{elapsed:.0f} s; the longest takes {longest:.0f} s; {passed} of {len(everything)} tests passed",
        ),
    ]


if __name__ == "__main__":
    for one in figures():
        print(one)

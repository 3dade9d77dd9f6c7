"""The closing line of a run: `N passed, N failed, N skipped` over everything that was tested.

`python -m syncproof.report.closing [--failed STEP]... FILE...` reads the results of pytest (JUnit XML) and
of Robot Framework (output.xml), names every test that failed with the start of its message, prints the sum
as its last line and exits non-zero if anything failed. A step that failed although no test of it did (a
linter, a crash before the first test), and a file that cannot be read, count as a failure each: nothing
that went wrong may end in "0 failed".
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from xml.etree import ElementTree

#: How much of the message of a failed test is told; all of it is in the log of its step. Characters.
_TOLD = 400


@dataclass(frozen=True)
class Counts:
    """How many tests ended how."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Self) -> Counts:
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def counts_of(path: Path) -> Counts:
    """The tests in one result file. Raises ValueError if it is missing, cut short or of another kind."""
    root = _root(path)
    if root.tag == "robot":
        return _robot(path, root)
    return sum((_junit(suite) for suite in root.iter("testsuite")), Counts())


def failures_of(path: Path) -> list[str]:
    """Every test in one result file that failed, a line each: its name, and the start of its message.

    Raises ValueError as `counts_of` does.
    """
    root = _root(path)
    failures = _robot_failures(root) if root.tag == "robot" else _junit_failures(root)
    return [f"failed: {name}: {' '.join(message.split())[:_TOLD]}" for name, message in failures]


def _root(path: Path) -> ElementTree.Element:
    try:
        root = ElementTree.parse(path).getroot()
    except (OSError, ElementTree.ParseError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from None
    if root.tag not in ("robot", "testsuites", "testsuite"):
        raise ValueError(f"{path} holds neither results of pytest nor of Robot Framework: <{root.tag}>")
    return root


def _robot_failures(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for suite in root.iter("suite"):
        for test in suite.findall("test"):
            status = test.find("status")
            if status is not None and status.get("status") == "FAIL":
                yield f"{suite.get('name')}.{test.get('name')}", status.text or ""


def _junit_failures(root: ElementTree.Element) -> Iterator[tuple[str, str]]:
    for case in root.iter("testcase"):
        for wrong in (*case.findall("failure"), *case.findall("error")):
            yield f"{case.get('classname')}.{case.get('name')}", wrong.get("message", "")


def _robot(path: Path, root: ElementTree.Element) -> Counts:
    total = root.find("statistics/total/stat")
    if total is None:
        raise ValueError(f"{path} has no statistics: the run was cut short")
    return Counts(int(total.get("pass", 0)), int(total.get("fail", 0)), int(total.get("skip", 0)))


def _junit(suite: ElementTree.Element) -> Counts:
    tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    return Counts(tests - failed - skipped, failed, skipped)


def close(files: Sequence[Path], failed_steps: Sequence[str]) -> tuple[Counts, list[str]]:
    """The sum, and what went wrong beside the tests, as lines for people."""
    total, wrong = Counts(), []
    for path in files:
        try:
            total += counts_of(path)
            wrong += failures_of(path)
        except ValueError as error:
            wrong.append(str(error))
            total += Counts(failed=1)
    wrong += [f"failed step: {step}" for step in failed_steps]
    if not total.failed:
        total += Counts(failed=len(failed_steps))
    return total, wrong


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the closing line; 0 if all went well."""
    parser = argparse.ArgumentParser(prog="python -m syncproof.report.closing", description="Sum up a run.")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="JUnit XML or output.xml")
    parser.add_argument("--failed", action="append", default=[], metavar="STEP", help="a step that failed")
    options = parser.parse_args(arguments)
    total, wrong = close(options.files, options.failed)
    for line in wrong:
        print(line)
    print(total)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())

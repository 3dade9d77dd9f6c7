"""Runs the failed tests of a run again and says which of them were flaky.

`python -m syncproof.report.rerun [--variable NAME:VALUE]... FOLDER` takes FOLDER/output.xml, runs what
failed in it with `robot --rerunfailed` (all further options go to robot), merges the second result into the
first and rewrites output.xml, log.html and report.html. A test that passed only now carries the tag `flaky`
and says so in its message. The exit status stays non-zero: a scenario that fails now and then has found
something, or is wrong.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from robot.api import ExecutionResult, ResultVisitor, ResultWriter
from robot.errors import DataError
from robot.result import Message, Result, TestCase

FLAKY = "flaky"


@dataclass(frozen=True)
class Outcome:
    """What became of the tests that had failed, by their full names."""

    flaky: tuple[str, ...]
    failed: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"flaky (failed, then passed): {name}" for name in self.flaky]
        lines += [f"failed again: {name}" for name in self.failed]
        return "\n".join([*lines, f"{len(self.flaky)} flaky, {len(self.failed)} failed again"])


class Relink(ResultVisitor):  # type: ignore[misc]  # Robot Framework's visitors are not typed
    """Makes relative links, and what messages name as their evidence, point into the folder where the files are."""

    _RELATIVE = re.compile(r'\b((?:href|src)=")(?![a-z]+:|/|#)')
    _NAMED = re.compile(r"^(Evidence: )(?!/)", re.MULTILINE)

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def visit_message(self, message: Message) -> None:
        """Called by Robot Framework for each line of the log."""
        message.message = self._relinked(message.message, html=message.html)

    def end_test(self, test: TestCase) -> None:
        """Called by Robot Framework after each test."""
        test.message = self._relinked(test.message, html=test.message.startswith("*HTML*"))

    def _relinked(self, text: str, *, html: bool) -> str:
        return (self._RELATIVE if html else self._NAMED).sub(rf"\1{self._folder}/", text)


def failed_in(result: Result) -> list[str]:
    """Full names of the tests that failed."""
    return [test.full_name for test in result.suite.all_tests if test.failed]


def mark_flaky(merged: Result, failed_before: Sequence[str]) -> Outcome:
    """Tag the tests that had failed and now pass; what they were and what failed again."""
    before, flaky, failed = frozenset(failed_before), [], []
    for test in merged.suite.all_tests:
        if test.full_name not in before:
            continue
        if test.passed:
            flaky.append(test.full_name)
            test.tags.add(FLAKY)
            test.message = f"Flaky: it failed, and passed when it was run again.\n\n{test.message}".strip()
        else:
            failed.append(test.full_name)
    return Outcome(tuple(flaky), tuple(failed))


def rerun(folder: Path, options: Sequence[str]) -> int:
    """Run again, merge, rewrite; the exit status. Raises ValueError if there is no result to start from."""
    output = folder / "output.xml"
    try:
        first = ExecutionResult(str(output))
    except DataError as error:
        raise ValueError(f"There is no run in {folder} that could be repeated: {error}") from None
    failed = failed_in(first)
    if not failed:
        left = [test.full_name for test in first.suite.all_tests if FLAKY in test.tags]
        print(f"Nothing failed in {output}." + (f" Flaky before: {', '.join(left)}" if left else ""))
        return 1 if left else 0
    second = folder / "rerun"
    command = [sys.executable, "-m", "robot", "--rerunfailed", str(output), "--outputdir", str(second)]
    subprocess.run([*command, *options, *map(str, _sources(first))], check=False)
    try:
        again = ExecutionResult(str(second / "output.xml"))
    except DataError as error:
        raise ValueError(f"The second run left no result: {error}") from None
    again.visit(Relink(second.name))
    relinked = second / "relinked.xml"
    again.save(str(relinked))
    merged = ExecutionResult(str(output), str(relinked), merge=True)
    relinked.unlink()
    outcome = mark_flaky(merged, failed)
    merged.suite.name = first.suite.name
    log, report = folder / "log.html", folder / "report.html"
    merged.save(str(output))
    ResultWriter(str(output)).write_results(log=str(log), report=str(report))
    print(outcome)
    print(f"Log: {log.absolute()}")
    return 1


def _sources(result: Result) -> list[Path]:
    """What was run: the folder or file of the root suite, or those below it where the root has none."""
    root = result.suite
    return [root.source] if root.source else [suite.source for suite in root.suites]


def main(arguments: Sequence[str]) -> int:
    """Command line: see the module."""
    if not arguments or arguments[-1].startswith("-"):
        print("usage: python -m syncproof.report.rerun [ROBOT OPTION]... FOLDER", file=sys.stderr)
        return 2
    *options, folder = arguments
    try:
        return rerun(Path(folder), options)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

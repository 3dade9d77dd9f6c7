"""Which tests a run skipped, held against the list of those that may be.

`python -m syncproof.report.skips [--system S] [--stack S] output.xml` exits non-zero, and says which, when a test was
skipped that `suites/skipped.csv` does not name for this system on this stack: a scenario that quietly stopped running
is a failure. A listed one may run.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from robot.api import ExecutionResult

LIST = Path(__file__).parents[3] / "suites" / "skipped.csv"


def listed(table: Path, system: str, stack: str) -> frozenset[str]:
    """`Suite File.Test name` of those that may be skipped; what `matrix` may, `matrix-encrypted` may too."""
    systems = (system, system.partition("-")[0])
    with table.open(newline="") as rows:
        return frozenset(
            row["test"] for row in csv.DictReader(rows) if row["system"] in systems and row["stack"] == stack
        )


def skipped(output: Path) -> dict[str, str]:
    """`Suite File.Test name` of each test that a run skipped, with the reason that it gave."""
    tests = ExecutionResult(str(output)).suite.all_tests
    return {f"{test.parent.name}.{test.name}": test.message for test in tests if test.skipped}


def surplus(found: dict[str, str], may: Iterable[str]) -> list[str]:
    """One line for each that is not on the list."""
    allowed = set(may)
    return [f"{test} was skipped: {why}" for test, why in found.items() if test not in allowed]


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: see the module."""
    parser = argparse.ArgumentParser(
        prog="python -m syncproof.report.skips", description="Check the skips of a run."
    )
    parser.add_argument("--system", default="bundled")
    parser.add_argument("--stack", default="embedded")
    parser.add_argument("--list", type=Path, default=LIST, help="the table of those that may be skipped")
    parser.add_argument("output", type=Path, help="output.xml of the run")
    chosen = parser.parse_args(arguments)
    found = skipped(chosen.output)
    wrong = surplus(found, listed(chosen.list, chosen.system, chosen.stack))
    for line in wrong:
        print(f"{line} ({chosen.list.name} does not name it for {chosen.system} on {chosen.stack})")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

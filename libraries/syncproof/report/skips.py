"""Which tests a product skips, held against its list of those that it may.

`python -m syncproof.report.skips [--system S] [--stack S] output.xml` exits non-zero, and says which, when a test was
skipped that `skipped.csv` in the product's folder does not name: a scenario that quietly stopped running is a failure.
A listed one may run. A product without the file may skip whatever it cannot do.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from robot.api import ExecutionResult

from syncproof.systems.manifest import Manifest
from syncproof.systems.products import find

FILE = "skipped.csv"


@dataclass(frozen=True)
class Row:
    """A skip that a product may make. variant, stack: "" for any. test: as `identity_of`, or a pattern of those."""

    variant: str
    stack: str
    test: str
    why: str

    def allows(self, test: str, variant: str, stack: str) -> bool:
        """Whether it speaks of this test there."""
        return (
            self.variant in ("", variant)
            and self.stack in ("", stack)
            and (self.test == test or fnmatchcase(test, self.test))
        )


def identity_of(test: Any) -> str:
    """A test of Robot Framework by its file and its name."""
    return identity(str(test.source), str(test.name))


def identity(source: str, name: str) -> str:
    """A test by its file and its name: `suites/catchup/normal_network.robot::Normal network`."""
    parts = Path(source).parts
    place = len(parts) - 1 - parts[::-1].index("suites") if "suites" in parts else len(parts) - 1
    return f"{'/'.join(parts[place:])}::{name}"


def rows(product: Manifest) -> list[Row] | None:
    """The product's list; None where it has none."""
    try:
        with (product.folder / FILE).open(newline="") as table:
            return [
                Row(row["variant"], row["stack"], row["test"], row["why"]) for row in csv.DictReader(table)
            ]
    except FileNotFoundError:
        return None


def may_skip(product: Manifest, stack: str, test: str) -> bool:
    """Whether the product may skip this test on this stack."""
    listed = rows(product)
    return listed is None or any(row.allows(test, product.variant, stack) for row in listed)


def skipped(output: Path) -> dict[str, str]:
    """Each test that a run skipped, by its id, with the reason that it gave."""
    tests = ExecutionResult(str(output)).suite.all_tests
    return {identity_of(test): test.message for test in tests if test.skipped}


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: see the module."""
    parser = argparse.ArgumentParser(
        prog="python -m syncproof.report.skips", description="Check the skips of a run."
    )
    parser.add_argument("--system", default="bundled")
    parser.add_argument("--stack", default="embedded")
    parser.add_argument("output", type=Path, help="output.xml of the run")
    chosen = parser.parse_args(arguments)
    product = find(chosen.system)
    wrong = [
        f"{test} was skipped: {why}"
        for test, why in skipped(chosen.output).items()
        if not may_skip(product, chosen.stack, test)
    ]
    for line in wrong:
        print(f"{line} ({product.name}/{FILE} does not name it for {chosen.system} on {chosen.stack})")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

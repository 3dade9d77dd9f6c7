"""Which tests a product skips, held against its list of those that it may.

`syncproof skips [--system S] [--stack S] output.xml` exits non-zero, and says which, when a test was skipped that
`skipped.csv` in the folder of its product does not name: a scenario that quietly stopped running is a failure. A listed
one may run. No list names what follows from the product's manifest: tests of workloads that it does not offer. A run
that named no product has one for each suite file, and the report says which. A product without the list may skip
whatever it cannot do; `--write` makes it from what the run skipped.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robot.api import ExecutionResult
from robot.errors import DataError

from syncproof.kernel.default_product import OTHERWISE
from syncproof.kernel.demands import left_out
from syncproof.report.findings import found
from syncproof.report.rows import Row
from syncproof.systems.manifest import Manifest
from syncproof.systems.products import find

FILE = "skipped.csv"
#: What a run says of each suite file, among its metadata: the product that it ran on.
PRODUCT = "Product"


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


def may_skip(product: Manifest, stack: str, test: str, needs: Iterable[str]) -> bool:
    """Whether the product may skip this test, which has these needs, on this stack."""
    listed = rows(product)
    return (
        listed is None
        or bool(left_out(product.workloads, needs))
        or any(row.applies_to(test, product.variant, stack) for row in listed)
    )


@dataclass(frozen=True)
class Skip:
    """A test that a run skipped, with the reason that it gave. product: what its file ran on; "" where none is told."""

    test: str
    why: str
    product: str = ""


def skipped(output: Path) -> list[Skip]:
    """Every test that a run skipped."""
    tests = ExecutionResult(str(output)).suite.all_tests
    return [
        Skip(identity_of(test), test.message, test.parent.metadata.get(PRODUCT, ""))
        for test in tests
        if test.skipped
    ]


def write(product: Manifest, stack: str, output: Path) -> int:
    """Add what a run skipped, and the product's list does not name, to that list; answers how many lines.

    A file of which nothing ran has one line.
    """
    tests = list(ExecutionResult(str(output)).suite.all_tests)
    ran = {identity_of(test).partition("::")[0] for test in tests if not test.skipped}
    lines: dict[str, set[str]] = {}
    for test in tests:
        name = identity_of(test)
        needs = _why(test.message)
        known = found(product, stack, name)
        follows = left_out(product.workloads, needs) or any(each.explains(test.message) for each in known)
        if test.skipped and not follows and not (rows(product) and may_skip(product, stack, name, needs)):
            file = name.partition("::")[0]
            lines.setdefault(name if file in ran else f"{file}::*", set()).update(needs)
    listed = product.folder / FILE
    fresh = not listed.exists()
    with listed.open("a", newline="") as table:
        writer = csv.writer(table, lineterminator="\n")
        if fresh:
            writer.writerow(Row.__dataclass_fields__)
        for test, why in sorted(lines.items()):
            writer.writerow((product.variant, stack, test, _in_words(why)))
    return len(lines)


def _why(message: str) -> list[str]:
    """What a skipped test needs, by the names of capabilities; else the reason as it was given."""
    needs = re.findall(r"' needs [^;]*?\(([a-z_]+(?::[a-z_]+)?)\)", message)
    return needs or [message.partition(". ")[0].rstrip(".")]


def _in_words(why: set[str]) -> str:
    """In those of the list: `needs other_client and awaits`."""
    return ("" if any(" " in reason for reason in why) else "needs ") + " and ".join(sorted(why))


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line: see the module."""
    parser = argparse.ArgumentParser(
        prog="syncproof skips",
        description="Hold what a run skipped against the product's list of what it may skip.",
        epilog="exit status: 0 all skips are listed; 1 one is not, or a file cannot be read; 2 wrong usage",
    )
    parser.add_argument("--system", default="", help="as for the run (default: what each suite file ran on)")
    parser.add_argument("--stack", default="embedded", help="as for the run (default: embedded)")
    parser.add_argument("--write", action="store_true", help=f"add them to {FILE} in the product's folder")
    parser.add_argument("output", type=Path, help="output.xml of the run")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.write:
            product = find(chosen.system or OTHERWISE)
            lines = write(product, chosen.stack, chosen.output)
            print(
                f"{product.folder / FILE}: {lines} lines added. Strike out each that is no property of your product."
            )
            return 0
        skips = skipped(chosen.output)
    except DataError as wrong:
        print(f"{chosen.output} cannot be read: {wrong}")
        return 1
    unlisted = []
    for skip in skips:
        product = find(chosen.system or skip.product or OTHERWISE)
        known = found(product, chosen.stack, skip.test)
        if any(each.explains(skip.why) for each in known):
            continue
        if not may_skip(product, chosen.stack, skip.test, _why(skip.why)):
            where = f"{product.name}/{FILE} does not name it for {product.system} on {chosen.stack}"
            unlisted.append(f"{skip.test} was skipped: {skip.why} ({where})")
    print(*unlisted, sep="\n", end="\n" if unlisted else "")
    return 1 if unlisted else 0


if __name__ == "__main__":
    sys.exit(main())

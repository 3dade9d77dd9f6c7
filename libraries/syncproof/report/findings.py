"""Which tests are known to fail on a product: bugs of its release, and losses that it does not promise to prevent.

They stand in `findings.csv` in the product's folder. Such a test runs as any other. Where it fails by the checks that
a row of it names, and by no other, it counts as skipped, with the reason and its own message. Where it passes, it
fails: the product does not have that finding any more. `make docs` makes docs/found-in-the-wild.md of these tables.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from syncproof.evidence.records import Verdict
from syncproof.report.rows import Row
from syncproof.systems.manifest import Manifest

FILE = "findings.csv"
_TIME = re.compile(r" within [\d.]+ \w+(?: \(with [^)]*\))?")


@dataclass(frozen=True)
class Finding(Row):
    """A test that fails there.

    check: names of checks. The first one always fails there, and of the others some may; no further one does. version:
    of the product. report: where that was published. message: of the first check, as a run told it, without times; `*`
    and `[1-9]` stand for what differs from run to run. chance: what has to happen by chance for it to fail; a pass
    shows nothing then.
    """

    check: str
    version: str
    report: str
    message: str
    chance: str = ""

    @property
    def checks(self) -> list[str]:
        """The checks that fail there, the one that always does first."""
        return self.check.split()

    def judged(self, message: str, verdicts: Collection[Verdict], *, passed: bool) -> tuple[str, str] | None:
        """Status and message that the test gets instead; None where it failed otherwise than the row says.

        verdicts: those on record. A fault that was not proved shows nothing of the product.
        """
        if passed and self.chance:
            return None
        if passed:
            return "FAIL", (
                f"This test is known to fail here ({self.why}), and has passed. If the product is mended, strike the "
                f"line of this test out of its {FILE}."
            )
        failed = [verdict for verdict in verdicts if verdict.result == "fail"]
        unproved = any(each.checker == "fault_effect" and each.result == "unknown" for each in verdicts)
        as_known = {each.checker for each in failed} <= {*self.checks} and any(map(self._is_it, failed))
        if as_known and not unproved:
            return "SKIP", f"{self._known} {message}"
        return None

    def explains(self, message: str) -> bool:
        """Whether that is what a test says which failed as expected."""
        return message.startswith(self._known)

    def _is_it(self, failed: Verdict) -> bool:
        told = _TIME.sub("", failed.message)
        return [failed.checker] == self.checks[:1] and fnmatchcase(told, self.message)

    @property
    def _known(self) -> str:
        return f"Known ({self.why}):"


def findings(product: Manifest) -> list[Finding]:
    """The product's list; empty where it has none."""
    try:
        with (product.folder / FILE).open(newline="") as table:
            return [Finding(**row) for row in csv.DictReader(table)]
    except FileNotFoundError:
        return []


def found(product: Manifest, stack: str, test: str) -> list[Finding]:
    """What is known of this test on this product and stack: a row for each way in which it fails."""
    return [each for each in findings(product) if each.applies_to(test, product.variant, stack)]


def table(products: Sequence[Manifest]) -> str:
    """Every finding of these products, in Markdown."""
    lines = [
        "| product | version | published | scenario | check | message |",
        "|---|---|---|---|---|---|",
    ]
    for product in products:
        for each in findings(product):
            checks = ", ".join(f"`{check}`" for check in each.checks)
            about = f"| {product.name} | {each.version} | {each.report} | {each.test} "
            lines.append(f"{about}| {checks} | {each.message} |")
    return "\n".join(lines)

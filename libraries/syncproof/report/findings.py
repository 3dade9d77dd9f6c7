"""Which tests are known to fail on a product: bugs of its release, and losses that it does not promise to prevent.

They stand in `findings.csv` in the product's folder. Such a test runs as any other. Where it fails by the check that
its row names, it counts as skipped, with the reason and its own message; where it passes, it fails: the product does
not have that finding any more. `make docs` makes docs/found-in-the-wild.md of these tables.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass

from syncproof.report.rows import Row
from syncproof.systems.manifest import Manifest

FILE = "findings.csv"


@dataclass(frozen=True)
class Finding(Row):
    """A test that fails there. check: which finds it. version: of the product. report: where that was published.

    message: as a run told it, without names and times.
    """

    check: str
    version: str
    report: str
    message: str

    def judged(self, message: str, *, passed: bool) -> tuple[str, str] | None:
        """Status and message that the test gets instead; None where it failed otherwise than the row says."""
        if passed:
            return "FAIL", (
                f"This test is known to fail here ({self.why}), and has passed. If the product is mended, strike the "
                f"line of this test out of its {FILE}."
            )
        if message.lower().startswith(f"{self.check}:"):
            return "SKIP", f"{self._known} {message}"
        return None

    def explains(self, message: str) -> bool:
        """Whether that is what a test says which failed as expected."""
        return message.startswith(self._known)

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


def found(product: Manifest, stack: str, test: str) -> Finding | None:
    """What is known of this test on this product and stack."""
    return next((each for each in findings(product) if each.allows(test, product.variant, stack)), None)


def table(products: Sequence[Manifest]) -> str:
    """Every finding of these products, in Markdown."""
    lines = [
        "| product | version | published | scenario | check | message |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {product.name} | {each.version} | {each.report} | {each.test} | `{each.check}` | {each.message} |"
        for product in products
        for each in findings(product)
    ]
    return "\n".join(lines)

"""The pairs of the kill matrix: a scenario, a product, the defect that it has to catch there, and the check for it.

Tables of them are CSV files with the columns `test` (`suites/catchup/x.robot::Name of the test`), `product` (or a
variant of one, as SYSTEM takes it), `defect` (`product:name`) and `check`.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robot.api import TestSuite

from syncproof.kernel.default_product import OTHERWISE, default_product
from syncproof.keywords.skips import steps_of
from syncproof_defects import PRODUCTS, installed, known

#: The tables of this project.
TABLES = tuple(sorted((Path(__file__).parents[1] / "syncproof_products").glob("*/pairs*.csv")))
#: The page that names every check there is.
CHECKS = Path(__file__).parents[2] / "docs" / "checks.md"
#: The one category whose tests need no pair: it holds agents against their protocol, and has defects of its own.
CONFORMANCE = "agent"


@dataclass(frozen=True)
class Pair:
    """One row of a table. check: "" where any will do."""

    test: str
    product: str
    defect: str
    check: str

    @property
    def suite(self) -> str:
        """The suite file."""
        return self.test.partition("::")[0]

    @property
    def defect_name(self) -> str:
        """The defect without its product, as the variable DEFECT takes it."""
        return self.defect.partition(":")[2]

    def __str__(self) -> str:
        return f"{self.test} <- {self.defect}" + (f" ({self.check})" if self.check else "")


def id_of(test: Any, root: Path) -> str:
    """A test of Robot Framework as the tables name it: its file's path below `root`, and its name."""
    source = Path(test.source)
    return f"{source.relative_to(root) if source.is_relative_to(root) else source}::{test.name}"


def scenarios(suites: Path) -> dict[str, str]:
    """Every test that must have a pair, with the product that it runs on by default."""
    folders = sorted({file.parent for file in suites.glob("*/*.robot")} - {suites / CONFORMANCE})
    return {
        id_of(test, suites.parent): default_product(steps_of(test)) or OTHERWISE
        for folder in folders
        for test in TestSuite.from_file_system(str(folder)).all_tests
    }


def checks() -> frozenset[str]:
    """The names of all checks."""
    return frozenset(re.findall(r"^\| `(\w+)` \|", CHECKS.read_text(), re.MULTILINE))


def declared(tables: Iterable[Path], tests: Collection[str], checks: Collection[str]) -> list[Pair]:
    """The pairs of all tables. Raises ValueError, with every row that names what is not there, or stands there twice.

    Defects of a product that is not installed here are taken on trust.
    """
    pairs: list[Pair] = []
    wrong: list[str] = []
    for table in tables:
        for pair in _rows(table):
            wrong += [f"{table.name}: {pair}: {what}" for what in _wrong(pair, pairs, tests, checks)]
            pairs.append(pair)
    if wrong:
        raise ValueError("\n".join(wrong))
    return pairs


def undeclared(pairs: Iterable[Pair], tests: Mapping[str, str]) -> list[str]:
    """The tests that have no pair on their default product. tests: as `scenarios` answers them."""
    having = {(pair.test, pair.product) for pair in pairs}
    return sorted(test for test, product in tests.items() if (test, product) not in having)


def pairs_in(table: Path, lines: Collection[str]) -> set[Pair]:
    """The pairs of those rows of a table that are among these lines."""
    head, *rows = table.read_text().splitlines()
    return {*_parsed([head, *(row for row in rows if row in lines)])}


def _rows(table: Path) -> Iterator[Pair]:
    return _parsed(table.read_text().splitlines())


def _parsed(lines: Iterable[str]) -> Iterator[Pair]:
    for row in csv.DictReader(lines):
        yield Pair(row["test"], row["product"], row["defect"], row["check"])


def _wrong(
    pair: Pair, others: Sequence[Pair], tests: Collection[str], checks: Collection[str]
) -> Iterator[str]:
    product, _, name = pair.defect.partition(":")
    if pair.test not in tests:
        yield "no suite has this test"
    if product not in PRODUCTS:
        yield f"'{product}' has no defects; these have: {', '.join(PRODUCTS)}"
    elif installed(product) and name not in known(product):
        alike = difflib.get_close_matches(name, known(product))
        yield f"no defect has this name{f'; one is called {alike[0]!r}' if alike else ''}"
    if pair.product.partition("-")[0] != product:
        yield f"'{pair.product}' cannot have a defect of '{product}'"
    if pair.check not in checks:
        yield f"no check is called '{pair.check}' ({CHECKS.name} has them all)"
    if any((pair.test, pair.product, pair.defect) == (it.test, it.product, it.defect) for it in others):
        yield "it stands there twice"

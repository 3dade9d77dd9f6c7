"""The ids of the plans: what each demands, and what of it stands, as tables for docs/plan.md.

`docs/plan.csv` has every id with the category of its suites and its demand. A test takes part by its tag. An id stands
when each test with its tag has a declared pair: a defect that it has to catch.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from robot.api import TestSuite

from syncproof.kernel.default_product import OTHERWISE
from syncproof.kernel.demands import left_out, needs_of
from syncproof.keywords.skips import steps_of
from syncproof.report.skips import rows as skips_of
from syncproof.systems.manifest import Manifest
from syncproof.systems.products import find, known
from syncproof_defects.pairs import Pair, id_of

_HEAD = ["id", "demands", "state", "test", "catches", "embedded", "compose"]


@dataclass(frozen=True)
class Demand:
    """A row of docs/plan.csv."""

    id: str
    category: str
    demand: str


@dataclass(frozen=True)
class Scenario:
    """A test, named `suites/catchup/x.robot::Name`. stacks: those of its category, () for all. needs: of a system."""

    test: str
    tags: frozenset[str]
    stacks: tuple[str, ...]
    needs: tuple[str, ...] = ()

    @property
    def link(self) -> str:
        """To its suite, from docs/."""
        return link(self.test)


def link(test: str) -> str:
    """A test in Markdown, as a link from docs/ to its suite."""
    file, _, name = test.partition("::")
    return f"[{name}](../{file})"


def demands(table: Path) -> list[Demand]:
    """All ids, in the order of the table."""
    with table.open(newline="") as rows:
        return [Demand(**row) for row in csv.DictReader(rows)]


def scenarios(suites: Path) -> list[Scenario]:
    """Every test of the suites."""
    return [
        Scenario(
            id_of(test, suites.parent),
            frozenset(map(str, test.tags)),
            tuple(test.parent.parent.metadata.get("Stacks", "").split()),
            tuple(needs_of(steps_of(test))),
        )
        for test in TestSuite.from_file_system(str(suites)).all_tests
    ]


def tables(wanted: Sequence[Demand], found: Sequence[Scenario], pairs: Sequence[Pair]) -> str:
    """A section for each category, in Markdown: a row for each id and each test with its tag."""
    by_test = defaultdict[str, list[Pair]](list)
    for pair in pairs:
        by_test[pair.test].append(pair)
    by_id = {each.id: [scenario for scenario in found if each.id in scenario.tags] for each in wanted}
    states = {
        name: "missing" if not its else "stands" if all(by_test[each.test] for each in its) else "unproved"
        for name, its in by_id.items()
    }
    products = [find(name) for name in known()]
    lines = [f"{list(states.values()).count('stands')} of {len(wanted)} ids stand."]
    for category in dict.fromkeys(each.category for each in wanted):
        lines += ["", f"### {category}", "", _row(_HEAD), _row(["---"] * len(_HEAD))]
        for each in wanted:
            if each.category != category:
                continue
            head = [each.id, each.demand, states[each.id]]
            for scenario in by_id[each.id]:
                catches = ", ".join(caught(pair) for pair in by_test[scenario.test])
                places = [_runs(scenario, products, stack) for stack in ("embedded", "compose")]
                lines.append(_row([*head, scenario.link, catches, *places]))
                head = ["", "", ""]
            if not by_id[each.id]:
                lines.append(_row([*head, "", "", "", ""]))
    return "\n".join([*lines, ""])


def caught(pair: Pair) -> str:
    """A defect and the check for it; with its product, where that is not the default one."""
    name = pair.defect_name if pair.product == OTHERWISE else f"{pair.product}:{pair.defect_name}"
    return f"`{name}` by `{pair.check}`"


def _runs(scenario: Scenario, products: Sequence[Manifest], stack: str) -> str:
    """The products that run it there: all that do not skip it by their manifest or their list."""
    if scenario.stacks and stack not in scenario.stacks:
        return ""
    names = []
    for product in products:
        if stack == "compose" and product.compose is None:
            continue
        if left_out(product.workloads, scenario.needs):
            continue
        listed = skips_of(product) or []
        why = next((row.why for row in listed if row.applies_to(scenario.test, product.variant, stack)), "")
        if not why:
            names.append(product.system)
        elif product.system == OTHERWISE and "containers" not in why:
            names.append(f"{product.system} (or skipped: {why})")  # by what the machine can do
    return ", ".join(names)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"

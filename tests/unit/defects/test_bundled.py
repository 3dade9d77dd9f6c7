"""The defects of the bundled system fit the product as it is, and every scenario has one to catch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import syncproof_defects as defects
from syncproof_defects.kills import declared, table_of
from syncproof_defects.matrix import scenarios

SUITES = Path(__file__).parents[3] / "suites"


def test_every_defect_finds_its_place_in_the_product() -> None:
    # In a process of its own: this one goes on to test an unbroken product.
    program = "import syncproof_defects as d; [d.apply(d.known(product)) for product in d.PRODUCTS]"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "ran" not in ended.stderr, "a defect says that it ran before anything did"


@pytest.mark.parametrize(
    ("name", "breaks"), [pair for product in defects.PRODUCTS for pair in defects.known(product).items()]
)
def test_a_defect_says_what_it_breaks_in_a_sentence(name: str, breaks: str) -> None:
    assert name.replace("_", "").isalnum()
    assert name == name.lower()
    assert breaks.endswith(".")


def test_every_scenario_has_to_catch_something_and_every_pair_is_a_scenario() -> None:
    assert {pair.test for pair in declared()} == set(scenarios(SUITES))


@pytest.mark.parametrize("table", ["matrix", "matrix-encrypted"])
def test_pairs_of_other_products_are_scenarios(table: str) -> None:
    pairs = declared(table_of(table), "matrix")
    assert pairs
    assert {pair.test for pair in pairs} <= set(scenarios(SUITES))


def test_no_pair_is_declared_twice() -> None:
    pairs = [(pair.test, pair.defect) for pair in declared()]
    assert len(pairs) == len(set(pairs))

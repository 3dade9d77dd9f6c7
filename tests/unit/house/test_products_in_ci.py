"""What CI runs of a product has a test that can be seen to fail there: one of its pairs."""

from __future__ import annotations

import pytest
from tests.unit.house.test_house import ROOT

from syncproof.systems.products import find, known
from syncproof_defects import PRODUCTS, plan
from syncproof_defects.pairs import TABLES, Pair, checks, declared
from syncproof_defects.plan import Scenario

WITH_DEFECTS = [name for name in known() if find(name).ci.include and find(name).name in PRODUCTS]


@pytest.fixture(scope="module")
def scenarios() -> list[Scenario]:
    return plan.scenarios(ROOT / "suites")


@pytest.fixture(scope="module")
def pairs(scenarios: list[Scenario]) -> list[Pair]:
    return declared(TABLES, [each.test for each in scenarios], checks())


@pytest.mark.parametrize("name", WITH_DEFECTS)
def test_what_ci_runs_of_a_product_has_a_pair(
    name: str, scenarios: list[Scenario], pairs: list[Pair]
) -> None:
    ci = find(name).ci
    run = {
        each.test
        for each in scenarios
        if each.tags & set(ci.include)
        and each.test.startswith(tuple(f"suites/{path}" for path in ci.suites) or "suites")
    }
    assert [pair for pair in pairs if pair.product == name and pair.test in run]

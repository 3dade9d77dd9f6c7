"""The plan's table has every id of the catalogue, and no suite has another one."""

from __future__ import annotations

import csv
import re

import pytest
from tests.unit.house.test_house import ROOT

from syncproof_defects import plan
from syncproof_defects.pages import IDS

#: Beside the project where it is developed; a clone alone does not have it.
CATALOGUE = ROOT.parent / "shared" / "scenarios.csv"
_LIKE_AN_ID = re.compile(r"[A-Z](-[A-Z]+)?-\d[\d.]*")


@pytest.mark.skipif(not CATALOGUE.exists(), reason="the catalogue of ids is not beside the project")
def test_every_id_of_the_catalogue_has_a_demand_in_its_category() -> None:
    with CATALOGUE.open(newline="") as rows:
        wanted = [(row["id"], row["suite"]) for row in csv.DictReader(rows)]
    assert [(each.id, each.category) for each in plan.demands(IDS)] == wanted
    assert all(each.demand for each in plan.demands(IDS))


def test_every_tag_like_an_id_is_one() -> None:
    tags = {
        tag
        for scenario in plan.scenarios(ROOT / "suites")
        for tag in scenario.tags
        if _LIKE_AN_ID.fullmatch(tag)
    }
    assert tags - {each.id for each in plan.demands(IDS)} == set()

"""One folder each: what a workload brings stands in its folder, and nothing outside names it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.unit.house.test_house import ROOT

from syncproof.kernel.agent import Request
from syncproof.registry import discover, needs_of_workloads
from syncproof_agentkit import app
from syncproof_agentkit.part import parts

LIBRARIES = ROOT / "libraries"
WORKLOADS = LIBRARIES / "syncproof" / "workloads"
PARTS = LIBRARIES / "syncproof_agentkit" / "workloads"
ASKED = [kind for kind in discover(Request, "surface") if kind is not Request]
#: What every agent answers, by method and route; a workload may ask that with more.
OF_ALL = {(method, re.sub(r":\w+", "", path)) for method, path, _ in app._ROUTES}
#: The workload of an agent that declares none.
NOT_SAID = ("messages",)


def outside() -> list[Path]:
    """The files of the harness and of the parts of agents, without those of workloads."""
    files = [
        file for part in ("syncproof", "syncproof_agentkit") for file in (LIBRARIES / part).rglob("*.py")
    ]
    return [file for file in files if not file.is_relative_to(WORKLOADS) and not file.is_relative_to(PARTS)]


@pytest.mark.parametrize(
    "kind",
    [kind for kind in ASKED if (kind.method, kind.route) not in OF_ALL],
    ids=lambda kind: kind.__name__,
)
def test_only_the_workload_knows_the_route_of_what_it_asks(kind: type[Request[object]]) -> None:
    route = re.compile(rf"[\"']([A-Z]+ )?/{kind.route.split('/')[1]}\b")
    assert [str(file) for file in outside() if route.search(file.read_text())] == []


def test_agents_of_ours_answer_what_workloads_ask() -> None:
    """By method and route: no workload asks what agents of ours do not know."""
    answered = {(each.method, re.sub(r":\w+", "", each.path)) for part in parts() for each in part.answers}
    asked = {(kind.method, kind.route) for kind in ASKED}
    assert asked <= answered | OF_ALL


def test_no_module_outside_imports_a_workload() -> None:
    imports = re.compile(r"^\s*(from|import) syncproof\.workloads\.", re.MULTILINE)
    assert [str(file) for file in outside() if imports.search(file.read_text())] == []


@pytest.mark.parametrize("name", sorted(set(needs_of_workloads()) - set(NOT_SAID)))
def test_nothing_outside_asks_for_a_workload_by_name(name: str) -> None:
    named = re.compile(rf"workloads[:.]{name}\b|\bworkload `{name}`")
    assert [str(file) for file in outside() if named.search(file.read_text())] == []

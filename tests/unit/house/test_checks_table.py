"""The names of the checks stand in docs/checks.md, each with its line, and no other name does."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from tests.unit.house.test_house import ROOT

from syncproof.evidence import checkers

TABLE = ROOT / "docs" / "checks.md"
#: Whoever is called with the name of a check in front; a function has the world before it.
SAYS = {
    "failed",
    "unknown",
    "unmet",
    "within",
    "soon",
    "_within",
    "_soon",
    "require_on_each",
    "require_relation",
}


def rows(heading: str) -> dict[str, str]:
    """What a section of the page has: name and line."""
    section = TABLE.read_text().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.MULTILINE))


def first_sentence(check: Callable[..., object]) -> str:
    """What a check says of itself; where it has a module of its own, that does."""
    doc = (sys.modules[check.__module__] if check.__name__ == "check" else check).__doc__ or ""
    return " ".join(doc.strip().split("\n\n")[0].split())


def names_in(module: Path) -> Iterator[str]:
    """Names of checks that a module gives to verdicts of its own."""
    for node in ast.walk(ast.parse(module.read_text())):
        said: ast.expr | None = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SAYS:
            said = node.args[0] if node.args else None
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYS:
            said = node.args[1] if len(node.args) > 1 else None
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "checker":
            said = node.value
        if isinstance(said, ast.Constant) and isinstance(said.value, str):
            yield said.value


@pytest.mark.parametrize(
    ("heading", "registered"),
    [
        ("At the end of every test", checkers.safety()),
        ("Over the whole history, where a sentence asks", checkers.liveness()),
    ],
)
def test_every_checker_stands_there_as_it_says_itself(
    heading: str, registered: Mapping[str, Callable[..., object]]
) -> None:
    assert rows(heading) == {name: first_sentence(check) for name, check in registered.items()}


def test_every_check_of_a_sentence_stands_there() -> None:
    rooms = [ROOT / "libraries" / "syncproof" / room for room in ("kernel", "workloads", "faults")]
    said = {name for room in rooms for module in sorted(room.rglob("*.py")) for name in names_in(module)}
    assert set(rows("Of one sentence")) == said - {*checkers.safety(), *checkers.liveness()}

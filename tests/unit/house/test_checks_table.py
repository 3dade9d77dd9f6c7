"""The names of the checks stand in docs/checks.md, each with its line, and no other name does; sentences name them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping

import pytest
from tests.unit.house.test_house import ROOT

from syncproof.evidence import checkers
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.sentence import vocabulary

TABLE = ROOT / "docs" / "checks.md"
#: Checks that the harness asks by itself, or a sentence that does more than to judge.
OTHERS = {"rest", "mark_refused"}


def rows(heading: str) -> dict[str, str]:
    """What a section of the page has: name and line."""
    section = TABLE.read_text().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", section, re.MULTILINE))


def first_sentence(check: Callable[..., object]) -> str:
    """What a check says of itself; where it has a module of its own, that does."""
    doc = (sys.modules[check.__module__] if check.__name__ == "check" else check).__doc__ or ""
    return " ".join(doc.strip().split("\n\n")[0].split())


@pytest.mark.parametrize(
    ("heading", "registered"),
    [
        ("At the end of every test", checkers.safety()),
        ("Where a sentence asks", checkers.liveness()),
    ],
)
def test_every_checker_stands_there_as_it_says_itself(
    heading: str, registered: Mapping[str, Callable[..., object]]
) -> None:
    assert rows(heading) == {name: first_sentence(check) for name, check in registered.items()}


def test_every_sentence_names_a_check_and_every_check_has_a_sentence() -> None:
    asked = {kind.check for kind in vocabulary() if issubclass(kind, Outcome)}
    assert asked <= {*checkers.safety(), *checkers.liveness()}
    assert {*checkers.liveness()} - asked == OTHERS

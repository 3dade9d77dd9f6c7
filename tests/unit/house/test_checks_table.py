"""The names of the checks stand in docs/checks.md, each with its line, and no other name does; sentences name them."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Mapping

import pytest
from tests.unit.house.test_house import ROOT

from syncproof.evidence import checkers
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.sentence import vocabulary

TABLE = ROOT / "docs" / "checks.md"
#: Checks that the harness asks by itself, or a sentence that does more than to judge.
OTHERS = {"rest", "mark_refused", "invite_taken"}


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


OUTCOMES = sorted(
    (kind for kind in vocabulary() if issubclass(kind, Outcome) and kind.run is Outcome.run),
    key=lambda kind: kind.__name__,
)


def limits_given(kind: type[Outcome]) -> set[str]:
    """The names of the limits that a sentence writes down for its check; those that it computes cannot be seen."""
    source = ast.parse(textwrap.dedent(inspect.getsource(kind.limits)))
    names = {
        str(key.value)
        for made in ast.walk(source)
        if isinstance(made, ast.Return) and isinstance(made.value, ast.Dict)
        for key in made.value.keys
        if isinstance(key, ast.Constant)
    }
    return names | ({"asked_ns", "within_ns"} if "duration" in kind.slots or kind.wait else set())


@pytest.mark.parametrize("kind", OUTCOMES, ids=lambda kind: kind.__name__)
def test_a_sentence_gives_its_check_only_limits_that_it_has(kind: type[Outcome]) -> None:
    known = inspect.signature(checkers.named(kind.check)).parameters
    assert limits_given(kind) <= known.keys()


def test_enough_limits_are_seen_to_say_so() -> None:
    assert sum(bool(limits_given(kind) - {"asked_ns", "within_ns"}) for kind in OUTCOMES) > len(OUTCOMES) / 3

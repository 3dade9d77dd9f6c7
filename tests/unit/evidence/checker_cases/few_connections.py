from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import Story, exchange
from tests.unit.evidence.task_stories import Act, together

LIMITS: dict[str, Any] = {"device": "Alice", "most": 3, "at_once": 4}


def counted(number: int | None, device: str = "Alice") -> Act:
    """The proxy had so many connections."""

    def act(story: Story) -> None:
        story.note(device, "connections", count=number)

    return act


CASES = (
    unknown("empty", empty, "does not count", **LIMITS),
    unknown("nothing of the kind", exchange, "does not count", **LIMITS),
    unknown("not counted", told(together(4), counted(None)), "does not count", **LIMITS),
    unknown("another client's", told(together(4), counted(2, "Bob")), "does not count", **LIMITS),
    unknown(
        "too few at once", told(together(3), together(3), counted(2)), "inconclusive", "3 at once", **LIMITS
    ),
    unknown("too few requests", told(together(2), counted(2)), "inconclusive", **LIMITS),
    good("few", told(together(4), counted(3)), "Alice opened 3 connections: 4 requests", **LIMITS),
    good("by the last count", told(counted(9), together(4), counted(2)), **LIMITS),
    bad("many", told(together(4), counted(4)), "Alice opened 4 connections; expected at most 3", **LIMITS),
)

MUTANTS: tuple[Mutant, ...] = (
    ('counted[-1].fields["count"] is None', "False"),
    ("int(str(counted[-1]", "int(str(counted[0]"),
    ('if shown.result != "pass":', "if False:"),
    ("if seen > most else", "if seen > most + 1 else"),
)

from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import exchange
from tests.unit.evidence.task_stories import requested

TWO: dict[str, Any] = {"device": "Alice", "least": 2}
FAILED, AGAIN = requested(status=0), requested(attempt=2)

CASES = (
    unknown("empty", empty, "no request", **TWO),
    unknown("nothing of the kind", exchange, "no request", **TWO),
    unknown("never answered", told(FAILED), "no request", **TWO),
    good("sent again", told(FAILED, AGAIN), "a request of Alice was answered at attempt 2", **TWO),
    bad("answered at once", told(requested()), "should have needed 2", **TWO),
    bad("under another key", told(requested(key="other", status=0), AGAIN), **TWO),
    bad("the last one counts", told(FAILED, AGAIN, requested(key="b")), witness=("b",), **TWO),
    unknown("another device", told(requested("Bob", status=0), requested("Bob", attempt=2)), **TWO),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if len(sent) < least", "if last.attempt < least"),
    ("if line.key == last.key]", "]"),
    ("last = done[-1]", "last = done[0]"),
)

from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import exchange
from tests.unit.evidence.task_stories import requested, together

LIMITS: dict[str, Any] = {"device": "Alice", "number": 4, "at_once": 3, "most_ms": 100}
ONE_BY_ONE = told(*(requested(key=str(key)) for key in range(4)))

CASES = (
    unknown("empty", empty, "no request of Alice", **LIMITS),
    unknown("nothing of the kind", exchange, "no request of Alice", **LIMITS),
    unknown("none answered", told(together(4, status=503)), "no request of Alice was done", **LIMITS),
    unknown("another client", told(together(4, device="Bob")), "no request of Alice", **LIMITS),
    good("in time", told(together(4)), "4 requests of Alice were done in 0.0 s, 4 at once", **LIMITS),
    good("more than asked for", told(together(3), together(3)), "6 requests", **LIMITS),
    good("just in time", told(together(4, ms=97)), **LIMITS),
    bad("too few", told(together(3)), "expected 4", **LIMITS),
    bad("one not answered", told(together(3), together(1, status=0)), "expected 4", **LIMITS),
    bad("refused", told(together(3), together(1, status=409)), "expected 4", **LIMITS),
    bad("one was answered twice", told(together(3), *[requested()] * 2, requested(status=0)),
        "4 requests", **LIMITS | {"number": 5}),
    bad("too slow", told(together(4, ms=98)), "expected at most 0.1 s", **LIMITS),
    bad("too slow with a pause", told(together(2), together(3, after_ms=90)), "expected at most 0.1 s", **LIMITS),
    bad("one after the other", ONE_BY_ONE, "1 at once; expected 3 at once", **LIMITS),
    bad("one ends as the next begins", told(together(2), together(2)), "2 at once; expected 3", **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if line.done and line.status < 400}", "if line.status < 400}"),
    ("and line.status < 400}", "}"),
    (
        "{line.key for line in lines if line.done and line.status < 400}",
        "[1 for line in lines if line.done and line.status < 400]",
    ),
    ("(max(ends)", "(min(ends)"),
    ("- min(line", "- max(line"),
    ("len(done) < number", "len(lines) < number"),
    ("took_ms > most_ms", "took_ms > 2 * most_ms"),
    ("most < at_once:", "most < at_once - 1:"),
)

from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import MS
from tests.unit.evidence.task_stories import at, notified

TWO: dict[str, Any] = {"device": "Bob", "number": 2, "asked_ns": 1000 * MS, "within_ns": 100 * MS}
A, B = notified("Bob", ("a1", "one", "1")), notified("Bob", ("a2", "two", "1"))
GONE = notified("Bob", ("a3", "one", "2"), kind="delete")

CASES = (
    unknown("empty", empty, "told of nothing", **TWO),
    good("two", told(A, B), "Bob has 2 tasks", **TWO),
    bad("one", told(A), "expected Bob to have 2 tasks within 0.1 seconds", "it has 1", **TWO),
    bad("three", told(A, B, notified("Bob", ("a3", "three", "1"))), "it has 3", **TWO),
    good("one that changed", told(A, B, notified("Bob", ("a3", "two", "2"))), **TWO),
    bad("one that is gone", told(A, B, notified("Bob", ("a3", "two", "2"), kind="delete")), "it has 1", **TWO),
    bad("too late", told(A, at(200), B), "it has 1", **TWO),
    unknown("nothing at all is no 0", told(), "Bob was told of no task", **TWO | {"number": 0}),
    unknown("none in time", told(at(200), A, GONE), **TWO | {"number": 0}),
    good("all are gone", told(A, GONE), **TWO | {"number": 0}),
    bad("told of nothing", told(), "it has 0", **TWO),
    good("what is no task", told(A, B, notified("Bob", ("a4", "", "1"))), **TWO),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ('kind != "delete" for', "bool(kind) for"),
    ("if line.entry and line.t_ns", "if line.t_ns"),
    ("and line.t_ns <= deadline", ""),
    ("if not number and not kinds:", "if False:"),
    ("if not number and not kinds:", "if not number:"),
    ("if not number and not kinds:", "if not kinds:"),
    ("if seen != number", "if seen < number"),
)

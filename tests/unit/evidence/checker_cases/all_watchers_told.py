from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import exchange
from tests.unit.evidence.task_stories import at, changes, notified, refused, watched

LIMITS: dict[str, Any] = {"device": "Bob", "number": 2, "asked_ns": 0, "within_ns": 1_000_000_000}
CHANGES = (changes("a1", "one"), changes("a2", "two"))
ASKED = (*CHANGES, notified("Bob", ("a1", "one", "1"), ("a2", "two", "1")))

CASES = (
    unknown("empty", empty, "nobody asked", **LIMITS),
    unknown("all refused", told(changes("a1", "one"), refused("a1")), "nobody asked", **LIMITS),
    good("told", told(*ASKED, watched(1, "a1", "a2"), watched(2, "a1"), watched(2, "a2")),
        "2 connections of Bob were told of 2 changes", **LIMITS),
    good("but for what was refused", told(*CHANGES, refused("a2"),
        notified("Bob", ("a1", "one", "1")), watched(1, "a1"), watched(2, "a1")), **LIMITS),
    bad("nothing of the kind", exchange, "2 connections was not", **LIMITS),
    bad("one lacks the last", told(*ASKED, watched(1, "a1", "a2"), watched(2, "a1")),
        "1 connection was not, the first of them number 2, which lacks 1", witness=("a2",), **LIMITS),
    bad("one is told of nothing", told(*ASKED, watched(1, "a1", "a2")), "number 2, which lacks 2", **LIMITS),
    bad("those of another client do not count", told(*ASKED, watched(1, "a1", "a2"),
        watched(2, "a1", "a2", device="Alice")), "number 2", **LIMITS),
    bad("twice", told(*ASKED, watched(1, "a1", "a2", "a2"), watched(2, "a1", "a2")),
        "told of a change twice", **LIMITS),
    bad("in two orders", told(*ASKED, watched(1, "a1", "a2"), watched(2, "a2", "a1")),
        "1 connection of Bob was told in another order than Bob itself", **LIMITS),
    good("in two orders, and none promised", told(*ASKED, watched(1, "a1", "a2"), watched(2, "a2", "a1")),
        order="none", **LIMITS),
    bad("in two orders, and one author's promised", told(*ASKED, watched(1, "a1", "a2"), watched(2, "a2", "a1")),
        "in another order", order="sender", **LIMITS),
    bad("all in another order", told(*ASKED, watched(1, "a2", "a1"), watched(2, "a2", "a1")),
        "2 connections", **LIMITS),
    unknown("itself not told of all", told(*CHANGES, notified("Bob", ("a1", "one", "1")), watched(1, "a1", "a2"),
        watched(2, "a1", "a2")), "Bob itself was not told of every change", **LIMITS),
    bad("too late", told(*ASKED, watched(1, "a1", "a2"), at(90_000), watched(2, "a1", "a2")), "number 2", **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if op_id not in history.refusals]", "]"),
    ("if line.t_ns <= deadline", "if True"),
    ("range(1, number + 1)", "range(1, number)"),
    ("len(set(op_ids)) < len(op_ids)", "False"),
    ("found != sorted(found)", "False"),
    ('askew and order != "none"', "askew"),
    ('askew and order != "none"', 'askew and order == "total"'),
    ("own.keys() >= set(wanted)", "True"),
    ("history.of(TaskWatched, device)", "history.of(TaskWatched)"),
)

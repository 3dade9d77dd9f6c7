from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import MS, exchange
from tests.unit.evidence.task_stories import at, changes, notified, refused

REPORT: dict[str, Any] = {"device": "Bob", "task": "report", "asked_ns": 1000 * MS, "within_ns": 100 * MS}
ASKED = (changes("a1", "report", "x"), changes("a2", "report", "y"), changes("a3", "list", "z"))
ONE, TWO = ("a1", "report", "1"), ("a2", "report", "2")

CASES = (
    unknown("empty", empty, "nobody asked", **REPORT),
    unknown("nothing of the kind", exchange, "nobody asked", **REPORT),
    good("all of it", told(*ASKED, notified("Bob", ONE, TWO)), "2 changes", **REPORT),
    bad("one is missing", told(*ASKED, notified("Bob", ONE)), 'notified of task "report" within 0.1', **REPORT),
    bad("another client", told(*ASKED, notified("Alice", ONE, TWO)), **REPORT),
    bad("too late", told(*ASKED, at(200), notified("Bob", ONE, TWO)), "2 changes came later", **REPORT),
    good("what was refused", told(*ASKED, refused("a2"), notified("Bob", ONE)), **REPORT),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if each.entry == task]", "]"),
    ("if op_id not in history.refusals]", "]"),
    ("delivered[op_id].t_ns > deadline", "delivered[op_id].t_ns > deadline * 2"),
    ("if missing:", "if len(missing) > 1:"),
)

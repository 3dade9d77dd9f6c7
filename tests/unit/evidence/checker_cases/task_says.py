from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import MS, exchange
from tests.unit.evidence.task_stories import at, changes, notified

REPORT: dict[str, Any] = {"device": "Bob", "task": "report", "asked_ns": 1000 * MS, "within_ns": 100 * MS}
SAYS, GONE = REPORT | {"text": "new"}, REPORT | {"text": ""}
ASKED = (changes("a1", "report", "old"), changes("a2", "report", "new"))
DELETED = (*ASKED, changes("a3", "report", kind="delete"))
ONE, TWO = notified("Bob", ("a1", "report", "1")), notified("Bob", ("a2", "report", "2"))
THREE = notified("Bob", ("a3", "report", "3"), kind="delete")

CASES = (
    unknown("empty", empty, "nobody asked", **SAYS),
    unknown("nothing of the kind", exchange, "nobody asked", **SAYS),
    good("the last one", told(*ASKED, ONE, TWO), "Bob has it", **SAYS),
    bad("an old one", told(*ASKED, ONE), 'expected Bob to have task "report" as "new" within 0.1', **SAYS),
    bad("an old one behind it", told(*ASKED, TWO, ONE), **SAYS),
    bad("too late", told(*ASKED, ONE, at(200), TWO), **SAYS),
    bad("nothing at all", told(*ASKED), **SAYS),
    bad("deleted", told(*DELETED, ONE, TWO, THREE), **SAYS),
    good("deleted as it should be", told(*DELETED, ONE, TWO, THREE), "does not have it", **GONE),
    bad("not yet deleted", told(*DELETED, ONE, TWO), 'to have no task "report" any more', **GONE),
    bad("never there", told(*DELETED), **GONE),
    bad("what nobody asked for", told(*ASKED, notified("Bob", ("x", "report", "1"))), **SAYS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("reversed(lines)", "lines"),
    ("if line.t_ns <= due(history, asked_ns, within_ns)", "if line"),
    ('(told.kind == "delete") != (not text)', "False"),
    ("asked.content == hashlib", "asked.content != hashlib"),
    ("if told is None or", "if told is not None and"),
)

from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, exchange_of, good, told, unknown, wait
from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Note, Quarantined

LIMITS: dict[str, Any] = {"device": "Bob", "asked_ns": 1000 * MS, "within_ns": 100 * MS, "wanted": 2}


def _sent(story: Story) -> None:
    story.add(Note, device="Alice", what="unreadable", fields={"op_id": "u"})


def _told(op_id: str, device: str = "Bob", reason: str = "half") -> Any:
    return lambda story: story.add(
        Quarantined, device=device, source=device, group="g", op_id=op_id, version=op_id, reason=reason
    )


CASES = (
    unknown("empty", empty, "nobody sent what cannot be read", **LIMITS),
    unknown("nothing of the kind", exchange_of(2), **LIMITS),
    good("both", told(_sent, _told("u1"), _told("u2")), "Bob reported 2 events", **LIMITS),
    bad("one", told(_sent, _told("u1")), "to quarantine 2 events within 0.1 seconds", "; 1 were reported", **LIMITS),
    bad("one twice", told(_sent, _told("u1"), _told("u1")), **LIMITS),
    bad("by another", told(_sent, _told("u1"), _told("u2", "Alice")), **LIMITS),
    bad("without a reason", told(_sent, _told("u1"), _told("u2", reason="")), **LIMITS),
    bad("too late", told(_sent, _told("u1"), wait(101), _told("u2")), **LIMITS),
    bad("none", told(_sent), "; 0 were reported", **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ('if not history.notes("unreadable"):', "if False:"),
    ("if line.reason and", "if"),
    ("and line.t_ns <= deadline\n    )", ")"),
    ("if told < wanted else []", "if False else []"),
)

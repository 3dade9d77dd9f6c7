from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, exchange_of, good, told, unknown, wait
from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Note

LIMITS: dict[str, Any] = {"quiet_ns": 100 * MS}


def _come(story: Story) -> None:
    story.send("Alice")
    story.deliver("Bob")


def _asked(*silent: str, **pending: int) -> Any:
    fields = {"asked": pending, "silent": silent}
    return lambda story: story.add(Note, what="pending", fields=fields)


def _left(**left: dict[str, int]) -> Any:
    asked = {name: sum(kinds.values()) for name, kinds in left.items()}
    fields = {"asked": asked, "left": left, "silent": (), "rested": False}
    return lambda story: story.add(Note, what="pending", fields=fields)


def _gave_up(**pending: int) -> Any:
    fields = {"asked": pending, "silent": (), "rested": False}
    return lambda story: story.add(Note, what="pending", fields=fields)


def _fault(edge: str) -> Any:
    return lambda story: story.fault(edge, kind="kill")


CASES = (
    unknown("empty", empty, "nobody was asked what is pending", **LIMITS),
    unknown("taken for granted", exchange_of(2), **LIMITS),
    good("quiet", told(_come, wait(100), _asked(Alice=0, Bob=0)), "everything is at rest", **LIMITS),
    good("half as long", told(_come, wait(50), _asked(Bob=0)), **LIMITS),
    bad("not quiet", told(_come, wait(40), _asked(Bob=0)), "messages are still being delivered", **LIMITS),
    bad(
        "busy", told(_come, wait(100), _asked(Alice=0, Bob=3)), "rest; Bob still has 3 things to do", **LIMITS
    ),
    bad(
        "busy, and how",
        told(_come, wait(100), _left(Bob={"outbox": 2, "markers": 1})),
        "rest; Bob still has 3 things to do (outbox: 2, markers: 1)",
        **LIMITS,
    ),
    bad("never for long", told(_come, wait(100), _gave_up(Bob=0)), "something is still going on", **LIMITS),
    bad(
        "busy to the end",
        told(_come, wait(100), _gave_up(Bob=3)),
        "rest; Bob still has 3 things to do",
        **LIMITS,
    ),
    bad("delivered to the end", told(_come, wait(40), _gave_up(Bob=0)), "messages are still being", **LIMITS),
    good("asked again", told(_come, _asked(Bob=3), wait(100), _asked(Bob=0)), **LIMITS),
    bad("asked too early again", told(wait(100), _asked(Bob=0), _come, _asked(Bob=0)), **LIMITS),
    good(
        "a dead one cannot be asked",
        told(_come, _fault("start"), wait(100), _asked("Bob", Alice=0)),
        **LIMITS,
    ),
    unknown(
        "one that runs again was not asked",
        told(_come, _fault("start"), _fault("end"), wait(100), _asked("Bob", Alice=0)),
        "nobody asked Bob, whose process runs, what is pending",
        **LIMITS,
    ),
    unknown("one that was never stopped", told(_come, wait(100), _asked("Bob", Alice=0)), **LIMITS),
    good("more came afterwards", told(_come, wait(100), _asked(Bob=0), _come), **LIMITS),
)

MUTANTS: tuple[Mutant, ...] = (
    ("if not asked:", "if False:"),
    ('if not busy and last.fields.get("rested") is False:', "if False:"),
    ('.get("rested") is False', '.get("rested") is None'),
    ('if edges[-1].edge != "end" for', "for"),
    ("if name not in stopped", ""),
    ("if name not in stopped", "if False"),
    ("asked[-1]", "asked[0]"),
    ("        if count\n", "        if False\n"),
    ("quiet_ns / 2 <", "quiet_ns <"),
    ("<= last.t_ns:", "<= 1 << 62:"),
)

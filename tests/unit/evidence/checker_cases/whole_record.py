from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, empty, exchange_of, good, lines, told, unknown
from tests.unit.evidence.histories import drop

from syncproof.evidence.records import Note


def _without(number: int) -> Any:
    return lines(lambda found: drop(found, lambda line: line.i == number))


def _gap(device: str = "Bob") -> Any:
    fields = {"after": 4, "next": 6}
    return lambda story: story.add(Note, device=device, what="event_gap", fields=fields)


CASES = (
    unknown("empty", empty, "the history is empty"),
    good("whole", exchange_of(2), "none missing"),
    unknown("a line is missing", _without(7), "behind line 6 of the history comes line 8"),
    good("the last is missing", lines(lambda found: found[:-1])),
    unknown(
        "a line came twice",
        lines(lambda found: [*found[:5], *found[4:]]),
        "behind line 5 of the history comes line 5",
    ),
    unknown("an event is missing", told(_gap()), "behind event 4 of Bob came event 6"),
    unknown("of the one that is judged", told(_gap()), device="Bob"),
    good("of another one", told(_gap()), device="Alice"),
    good("the lines are not one device's", _without(7), device="Alice"),
)

MUTANTS: tuple[Mutant, ...] = (
    ("== len(lines) - 1", "<= len(lines) + 9"),
    ("if b.i != a.i + 1", "if b.i > 0"),
    ("if device is None and not", "if not"),
    ('history.notes("event_gap", device)', 'history.notes("event_gap")'),
    ('history.notes("event_gap", device)[:1]', "[]"),
)

from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, exchange_of, good, told, unknown, wait
from tests.unit.evidence.histories import MS

from syncproof.evidence.records import Note

LIMITS: dict[str, Any] = {"device": "Bob", "text": "hello", "asked_ns": 1100 * MS, "within_ns": 100 * MS}


def _ran(*texts: str, command: str = "pull", device: str = "Bob") -> Any:
    fields = {"command": command, "status": 0, "texts": list(texts), "said": ""}
    return lambda story: story.add(Note, device=device, what="command", fields=fields)


LATER = wait(120)
CASES = (
    unknown("empty", empty, "nobody pulled on Bob's command line", **LIMITS),
    unknown("nothing of the kind", exchange_of(2), **LIMITS),
    unknown("another command", told(LATER, _ran(command="push")), **LIMITS),
    unknown("another device", told(LATER, _ran("hello", device="Alice")), **LIMITS),
    good("in time", told(LATER, _ran("a", "hello")), 'Bob\'s command line pulled "hello"', **LIMITS),
    good("at the second look", told(LATER, _ran("a"), _ran("a", "hello")), **LIMITS),
    good("before it was asked", told(_ran("hello"), LATER), **LIMITS),
    good("seen by both looks", told(LATER, _ran("hello"), _ran("hello")), **LIMITS),
    bad("another text", told(LATER, _ran("a", "b")), 'expected Bob\'s command line to pull "hello" within 0.1 seconds',
        'it pulled "a", "b"', **LIMITS),
    bad("nothing", told(LATER, _ran()), "it pulled nothing", **LIMITS),
    bad("too late", told(LATER, _ran("a"), wait(200), _ran("hello")), 'it pulled "a"', **LIMITS),
    bad("too late, and nothing before", told(wait(500), _ran("hello")), "it pulled nothing", **LIMITS),
    bad("twice", told(LATER, _ran("hello", "a", "hello")), 'pulled "hello" twice', **LIMITS),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if not pulls:", "if False:"),
    ('if note.fields["command"] == "pull"', ""),
    ("if note.t_ns <= deadline", ""),
    ("if not any(text in texts for texts in shown):", "if False:"),
    ("texts.count(text) > 1", "False"),
)

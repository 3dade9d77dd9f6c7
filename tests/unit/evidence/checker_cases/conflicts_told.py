from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import MS, exchange
from tests.unit.evidence.task_stories import answered, asked, at

ONE: dict[str, Any] = {
    "device": "Alice", "number": 1, "strategy": "server_wins", "asked_ns": 1000 * MS, "within_ns": 100 * MS,
}  # fmt: skip
B, C = asked("Alice", "b", "a1"), asked("Alice", "c", "a2")

CASES = (
    unknown("empty", empty, "sent no batch", **ONE),
    unknown("nothing of the kind", exchange, "sent no batch", **ONE),
    good("one", told(B, answered("Alice", "b", 0, "server_wins")), "(version 1 against 3, server_wins)", **ONE),
    good("none", told(B, answered("Alice", "b", 2)), "was told of none", **(ONE | {"number": 0})),
    bad("none is told", told(B, answered("Alice", "b", 1)),
        "Alice should have been told of 1 conflict resolved server_wins, and was told of none", **ONE),
    bad("two", told(B, answered("Alice", "b", 0, "server_wins", "server_wins")), **ONE),
    bad("another strategy", told(B, answered("Alice", "b", 0, "client_wins")), "client_wins", **ONE),
    good("that strategy", told(B, answered("Alice", "b", 0, "manual")), **(ONE | {"strategy": "manual"})),
    bad("the last batch counts", told(B, C, answered("Alice", "b", 0, "server_wins"), answered("Alice", "c", 1)),
        witness=("c",), **ONE),
    bad("no answer", told(B), "expected the answer to Alice's batch within 0.1 seconds", **ONE),
    bad("a late answer", told(B, at(200), answered("Alice", "b", 0, "server_wins")), "expected the answer", **ONE),
    unknown("another device", told(asked("Bob", "b", "b1"), answered("Bob", "b", 0, "server_wins")), **ONE),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("line.batch == asked[-1] and", ""),
    ("and line.t_ns <= deadline", ""),
    ("len(last.conflicts) != number or", ""),
    ("or any(each.strategy != strategy for each in last.conflicts)", ""),
    ("if note.device == device]", "]"),
)

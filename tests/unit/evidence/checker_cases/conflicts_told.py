from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import exchange
from tests.unit.evidence.task_stories import answered

ONE: dict[str, Any] = {"number": 1, "strategy": "server_wins"}
ONE_TOLD = told(answered("Alice", "b", 0, "server_wins"))

CASES = (
    unknown("empty", empty, "no batch", **ONE),
    unknown("nothing of the kind", exchange, "no batch", **ONE),
    good("one", ONE_TOLD, '"report" (version 1 against 3, server_wins)', **ONE),
    good("none", told(answered("Alice", "b", 2)), "was told of none", number=0, strategy="server_wins"),
    bad("none is told", told(answered("Alice", "b", 1)),
        "Alice should have been told of 1 conflict resolved server_wins, and was told of none", **ONE),
    bad("two", told(answered("Alice", "b", 0, "server_wins", "server_wins")), **ONE),
    bad("another strategy", told(answered("Alice", "b", 0, "client_wins")), "client_wins", **ONE),
    good("that strategy", told(answered("Alice", "b", 0, "manual")), number=1, strategy="manual"),
    bad("the last batch counts", told(answered("Alice", "b", 0, "server_wins"), answered("Alice", "c", 1)),
        witness=("c",), **ONE),
    unknown("another device", ONE_TOLD, device="Bob", **ONE),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("last = batches[-1]", "last = batches[0]"),
    ("len(last.conflicts) != number or", ""),
    ("or any(each.strategy != strategy for each in last.conflicts)", ""),
    ("if device in (None, line.device)]\n    if not batches", "]\n    if not batches"),
)

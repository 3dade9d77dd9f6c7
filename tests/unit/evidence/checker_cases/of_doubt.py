"""Devices that do not know whom to believe: by when they say so, and what they do then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.file_stories import everybody, lies, writes
from tests.unit.evidence.histories import MS, Story

from syncproof.workloads.files.records import ModeChanged

Act = Callable[[Story], object]
BY: dict[str, Any] = {"asked_ns": 1000 * MS, "within_ns": 200 * MS}


def doubts(device: str = "Bob", *, on: bool = True) -> Act:
    """A device is read-only from now on, or no more."""
    return lambda story: story.add(ModeChanged, device=device, source=device, read_only=on, reason="")


ONE, TWO = lies("Bob", {"plan.txt": "one"}), lies("Bob", {"plan.txt": "one", "list.txt": "two"})
NONE = lies("Bob", {})
CASES: dict[str, tuple[Case, ...]] = {
    "read_only_by": (
        unknown("empty", empty, "the history is empty", **BY),
        good("it is", told(doubts()), "1 device is read-only", device="Bob", **BY),
        bad("it is not", told(doubts("Alice")), "expected Bob to be read-only", device="Bob", **BY),
        bad("it only is no more", told(doubts(on=False)), device="Bob", **BY),
        bad("too late", told(wait(1300), doubts()), device="Bob", **BY),
        bad("each", told(doubts()), "expected Alice to be read-only", **BY),
    ),
    "untouched_in_doubt": (
        unknown("empty", empty, "no device was read-only"),
        unknown("nobody was", told(ONE, TWO), "no device was read-only"),
        unknown("it only was no more", told(doubts(on=False), ONE, TWO), "no device was read-only"),
        good("nothing changed", told(doubts(), ONE, ONE), "1 time read-only"),
        bad("a file has come", told(doubts(), ONE, TWO), 'its folder changed: after has "list.txt"'),
        bad("a file came and went", told(doubts(), ONE, TWO, ONE), 'its folder changed: after has "list.txt"'),
        good("it has come later", told(doubts(), ONE, ONE, doubts(on=False), TWO)),
        good("it was there before", told(TWO, doubts(), ONE, ONE)),
        bad("the second time", told(doubts(), ONE, ONE, doubts(on=False), TWO, doubts(), TWO, ONE)),
        unknown("nobody has looked", told(doubts(), ONE), "nobody has read twice what Bob has"),
        unknown("nothing can be read", told(doubts(), NONE, NONE), "nobody has read twice what Bob has"),
        bad("a change was delivered", told(writes("Alice", "one"), doubts(), ONE, everybody("Bob"), ONE),
            "1 change was delivered there"),
        good("it was delivered before", told(writes("Alice", "one"), everybody("Bob"), doubts(), ONE, ONE)),
        good("only Bob is judged", told(doubts(), doubts("Alice"), ONE, ONE), device="Bob"),
    ),
}  # fmt: skip

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "read_only_by": (
        ("device in (None, each)", "True"),
        ("line.read_only and line.t_ns <= until", "line.read_only"),
        ("line.read_only and line.t_ns <= until", "line.t_ns <= until"),
    ),
    "untouched_in_doubt": (
        ("if device in (None, each[0])", ""),
        ("len(looks) < 2 or", ""),
        ("or not looks[0].files", ""),
        ('"after": after}', '"after": before}'),
        ("pairwise(looks)", "[(looks[0], looks[-1])]"),
        ("if since < line.t_ns < until]", "]"),
        ("sum(since < line.t_ns < until for", "sum(True for"),
        ("if came:", "if False:"),
        ("if line.read_only and since is None", "if since is None"),
        ("yield since, line.t_ns", "yield since, NEVER"),
    ),
}

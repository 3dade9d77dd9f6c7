"""Peers that behave oddly: who is reported, and by when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.file_stories import takes_part, writes
from tests.unit.evidence.histories import MS, Story

from syncproof.workloads.files.records import PeerSuspected

Act = Callable[[Story], object]
BY: dict[str, Any] = {"liar": "Mallory", "asked_ns": 1000 * MS, "within_ns": 200 * MS}


def reports(device: str, peer: str = "m-1") -> Act:
    """A device tells its users of another one."""
    return lambda story: story.add(PeerSuspected, device=device, source=device, peer=peer, reason="is odd")


CASES: dict[str, tuple[Case, ...]] = {
    "nobody_slandered": (
        unknown("empty", empty, "the history is empty"),
        good("nobody", told(writes("Alice", "one")), "0 times that somebody was reported"),
        good("the hostile one", told(takes_part(), reports("Bob")), "1 time that somebody was reported"),
        good("nobody knows who it was", told(reports("Bob", ""))),
        bad("an honest one", told(takes_part(), reports("Bob", "Alice")),
            "Bob reported Alice, who is no hostile peer: it is odd"),
        good("only Alice is judged", told(takes_part(), reports("Bob", "Alice")), device="Alice"),
    ),
    "liar_reported": (
        unknown("empty", empty, "Mallory takes no part", **BY),
        unknown("nobody is hostile", told(writes("Alice", "one")), "Mallory takes no part", **BY),
        good("all of them", told(takes_part(), reports("Alice"), reports("Bob")),
             "devices reported Mallory", **BY),
        bad("not all of them", told(takes_part(), reports("Alice")), "expected Bob to have reported Mallory", **BY),
        bad("another one", told(takes_part(), reports("Alice", "m-2"), reports("Bob", "m-2")), **BY),
        bad("too late", told(takes_part(), reports("Alice"), wait(1300), reports("Bob")), **BY),
        good("only Alice is judged", told(takes_part(), reports("Alice")), device="Alice", **BY),
    ),
}  # fmt: skip

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "nobody_slandered": (
        ("if line.peer and", "if"),
        ("line.peer not in history.outsiders", "False"),
        ("history.of(PeerSuspected, device)", "history.of(PeerSuspected)"),
    ),
    "liar_reported": (
        ("if each not in known and", "if each in known and"),
        ("and device in (None, each)", ""),
        ("if line.t_ns <= until and", "if"),
        ("history.outsiders.get(line.peer) == name", "True"),
    ),
}

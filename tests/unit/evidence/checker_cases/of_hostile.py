"""Hostile peers: who exposes whom, and by when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Note
from syncproof.workloads.files.records import PeerExposed

Act = Callable[[Story], object]
BY: dict[str, Any] = {"liar": "Mallory", "asked_ns": 1000 * MS, "within_ns": 200 * MS}


def takes_part(name: str = "Mallory", identity: str = "m-1") -> Act:
    """A hostile peer joins."""
    return lambda story: story.add(Note, device=name, what="outsider", fields={"identity": identity})


def exposes(device: str, peer: str = "m-1") -> Act:
    """A device has a proof."""
    return lambda story: story.add(PeerExposed, device=device, source=device, peer=peer, at=1)


def harms(times: int, name: str = "Mallory") -> Act:
    """What a hostile peer says of itself at rest."""
    return lambda story: story.add(Note, device=name, what="harm", fields={"times": times})


CASES: dict[str, tuple[Case, ...]] = {
    "nobody_framed": (
        unknown("empty", empty, "the history is empty"),
        good("nobody", told(takes_part()), "0 times"),
        good("the hostile one", told(takes_part(), exposes("Bob")), "1 time that somebody was exposed"),
        bad("an honest one", told(takes_part(), exposes("Bob", "Alice")), "Bob exposed Alice"),
        bad("before it took part in anything", told(exposes("Bob", "Alice"), exposes("Bob", "Alice"))),
        good("only Alice is judged", told(takes_part(), exposes("Bob", "Alice")), device="Alice"),
    ),
    "harm_done": (
        unknown("empty", empty, "the history is empty"),
        good("nobody is hostile", told(exposes("Bob")), "0 times"),
        good("it did some", told(takes_part(), harms(2)), "2 times that harm was done"),
        good("it had done none when it was asked before", told(takes_part(), harms(0), harms(1))),
        unknown("it did none", told(takes_part(), harms(0)), "Mallory has done no harm"),
        unknown("nobody asked", told(takes_part()), "Mallory has done no harm"),
        unknown("another one did", told(takes_part(), takes_part("Trudy", "t-1"), harms(1, "Trudy"))),
    ),
    "liar_exposed": (
        unknown("empty", empty, "Mallory takes no part", **BY),
        unknown("another one takes part", told(takes_part("Trudy"), exposes("Bob")), **BY),
        good("all", told(takes_part(), exposes("Alice"), exposes("Bob")), "2 devices exposed Mallory", **BY),
        bad("one did not", told(takes_part(), exposes("Alice")), "expected Bob to have exposed Mallory", **BY),
        bad("one exposed another one", told(
            takes_part(), takes_part("Trudy", "t-1"), exposes("Alice"), exposes("Bob", "t-1")), **BY),
        bad("too late", told(takes_part(), exposes("Alice"), wait(300), exposes("Bob")), **BY),
        good("only Alice is judged", told(takes_part(), exposes("Alice")), device="Alice", **BY),
    ),
}  # fmt: skip

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "nobody_framed": (
        ("if line.peer not in history.outsiders", "if line.peer in history.outsiders"),
        ("history.of(PeerExposed, device)", "history.of(PeerExposed)"),
    ),
    "harm_done": (
        ("if not times.get(name)", "if times.get(name)"),
        ("if not times.get(name)", "if not times"),
        (' that harm was done", idle)', ' that harm was done")'),
    ),
    "liar_exposed": (
        ("if each not in known and", "if each in known and"),
        ("and device in (None, each)", ""),
        ("line.t_ns <= until and", ""),
        ("history.outsiders.get(line.peer) == name", "True"),
        ("liar not in history.outsiders.values()", "not history.outsiders"),
    ),
}

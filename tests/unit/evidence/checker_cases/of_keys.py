"""Keys: who is turned away, and what somebody on the way could read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Note
from syncproof.workloads.keys.records import PeerRefused

Act = Callable[[Story], object]
BY: dict[str, Any] = {"names": ["Alice", "Bob"], "asked_ns": 1000 * MS, "within_ns": 200 * MS}


def heard(*op_ids: str, size: int = 9, by: str = "Trudy", hears: bool = True, named: bool = False) -> Act:
    """What somebody has heard is looked through. hears: whether something must have passed there."""
    fields = {"by": by, "hears": hears, "size": size, "named": named, "op_ids": list(op_ids)}
    return lambda story: story.add(Note, what="overheard", fields=fields)


def comes(story: Story) -> None:
    """Somebody comes whom nobody knows."""
    story.add(Note, device="Mallory", what="stranger")


def stands_between(story: Story) -> None:
    """Somebody stands between Alice and Bob."""
    story.fault("start", on=("Alice", "Bob"), kind="tls_in_the_middle")


def refuses(device: str, peer: str = "") -> Act:
    """A device turns somebody away."""
    return lambda story: story.add(PeerRefused, device=device, source=device, peer=peer, reason="")


def sends(story: Story) -> None:
    story.send("Alice")


CASES: dict[str, tuple[Case, ...]] = {
    "nothing_overheard": (
        unknown("empty", empty, "the history is empty"),
        good("nobody listens", told(sends), "0 listeners"),
        good("somebody hears noise", told(sends, heard()), "nothing can be read by 1 listener"),
        bad("somebody can read it", told(sends, heard("a1")), "Trudy can read 1 operation: Alice #1",
            witness=("a1",)),
        bad("somebody can read a name", told(sends, heard(named=True)), "Trudy can read the name of what is shared"),
        bad("one of two can", told(sends, heard("a1"), heard(by="Eve")), "Trudy can read"),
        bad("what was looked through last counts", told(sends, heard(), heard("a1"))),
        unknown("nothing passed", told(sends, heard(size=0)), "Trudy has heard nothing"),
        good("nothing had passed before", told(sends, heard(size=0), heard())),
        good("nobody has believed the one in the middle", told(sends, heard(size=0, hears=False))),
        bad("whoever is judged", told(sends, heard("a1")), device="Bob"),
    ),
    "turned_away": (
        unknown("empty", empty, "nobody has come", **BY),
        unknown("nobody came", told(refuses("Alice"), refuses("Bob")), "nobody has come", **BY),
        good("both", told(comes, refuses("Alice"), refuses("Bob", "Alice")), "2 devices turned somebody away", **BY),
        good("somebody between the two", told(stands_between, refuses("Alice"), refuses("Bob")), "2 devices", **BY),
        bad("one did not", told(comes, refuses("Alice")), "expected Bob to have turned somebody away", **BY),
        bad("one did before the stranger came", told(refuses("Bob"), comes, refuses("Alice")), "expected Bob", **BY),
        bad("one did before somebody stood between", told(refuses("Bob"), stands_between, refuses("Alice")),
            "expected Bob", **BY),
        unknown("a cut is nobody", told(lambda story: story.fault("start"), refuses("Alice"), refuses("Bob")), **BY),
        good("after the first of two", told(comes, refuses("Bob"), comes, refuses("Alice")), **BY),
        bad("too late", told(comes, refuses("Alice"), wait(1300), refuses("Bob")), **BY),
        good("only Alice is judged", told(comes, refuses("Alice")), device="Alice", **BY),
    ),
}  # fmt: skip

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "nothing_overheard": (
        ("and op_ids:", "and not op_ids:"),
        ("witness += op_ids", "pass"),
        ('elif found["named"]', "elif False"),
        ('and not found["size"]', ""),
        ('found["hears"] and', ""),
        ("passed, unknown)", "passed)"),
    ),
    "turned_away": (
        ("if each not in known and", "if each in known and"),
        ("and device in (None, each)", ""),
        ("if since <= line.t_ns <= until", "if since <= line.t_ns"),
        ("if since <= line.t_ns <= until", "if line.t_ns <= until"),
        ('if edge.kind == "tls_in_the_middle"', ""),
        ("(*strangers, *between)", "strangers"),
        ("(*strangers, *between)", "between"),
        ("min((*strangers", "max((*strangers"),
    ),
}

"""Keys: who is turned away, and what somebody on the way could read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Note
from syncproof.workloads.keys.records import KeyRetired, PeerRefused

Act = Callable[[Story], object]
OF: dict[str, Any] = {"whose": "Alice", "identity": "a-1", "asked_ns": 1000 * MS, "within_ns": 200 * MS}
BY: dict[str, Any] = {"names": ["Alice", "Bob"], "asked_ns": 1000 * MS, "within_ns": 200 * MS}


def heard(*op_ids: str, size: int = 9, by: str = "Trudy", hears: bool = True, named: bool = False) -> Act:
    """What somebody has heard is looked through. hears: whether something must have passed there."""
    fields = {"by": by, "hears": hears, "size": size, "named": named, "op_ids": list(op_ids)}
    return lambda story: story.add(Note, what="overheard", fields=fields)


def comes(story: Story) -> None:
    """Somebody comes whom nobody knows."""
    story.add(Note, device="Mallory", what="stranger")


def is_known(story: Story) -> None:
    """All devices are told the key of who came."""
    story.add(Note, device="Mallory", what="stranger_known")


def stands_between(story: Story) -> None:
    """Somebody stands between Alice and Bob."""
    story.fault("start", on=("Alice", "Bob"), kind="tls_in_the_middle")


def refuses(device: str, peer: str = "") -> Act:
    """A device turns somebody away."""
    return lambda story: story.add(PeerRefused, device=device, source=device, peer=peer, reason="")


def renews(device: str = "Alice", overlap_ms: int = 100) -> Act:
    """A device gets a new key."""
    return lambda story: story.add(
        Note, what="key_renewed", device=device, fields={"overlap_ns": overlap_ms * MS}
    )


def retires(device: str, peer: str = "a-1") -> Act:
    """A device gives up the old key of another one."""
    return lambda story: story.add(KeyRetired, device=device, source=device, peer=peer)


def lengths(*found: int, by: str = "Trudy") -> Act:
    """How long what somebody has heard was."""
    return lambda story: story.add(Note, what="lengths_heard", fields={"by": by, "lengths": list(found)})


def said(size: int) -> Act:
    """Alice says something of that many bytes."""
    return lambda story: story.send("Alice", size=size)


SAID = (said(1), said(2), said(3))


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
    "sizes_tell_little": (
        unknown("empty", empty, "what was said had 0 lengths only", most=2),
        unknown("all of one length", told(lengths(1, 2)), "what was said had 0 lengths only", most=2),
        good("few of many", told(*SAID, lengths(5, 9)), "were 2 lengths of what was heard", most=2),
        bad("many of many", told(*SAID, lengths(5, 6, 7)),
            "expected Trudy to hear pieces of at most 2 lengths; it was 3", most=2),
        bad("one of two hears many", told(*SAID, lengths(5, 6, 7), lengths(5, by="Eve")), most=2),
        bad("what was heard last counts", told(*SAID, lengths(5), lengths(5, 6, 7)), most=2),
        unknown("nothing passed", told(*SAID, lengths()), "Trudy has heard nothing", most=2),
        unknown("nobody listens", told(*SAID), "nobody has listened", most=2),
        bad("whoever is judged", told(*SAID, lengths(5, 6, 7)), most=2, device="Bob"),
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
        good("whose key all know", told(comes, is_known, refuses("Alice"), refuses("Bob")), **BY),
        bad("one did before the key was known", told(comes, refuses("Bob"), is_known, refuses("Alice")),
            "expected Bob", **BY),
        bad("too late", told(comes, refuses("Alice"), wait(1300), refuses("Bob")), **BY),
        good("only Alice is judged", told(comes, refuses("Alice")), device="Alice", **BY),
    ),
    "nobody_turned_away": (
        unknown("empty", empty, "no device has got a new key"),
        unknown("no new key", told(refuses("Bob")), "no device has got a new key"),
        good("nobody", told(renews()), "nobody was turned away"),
        good("somebody before", told(refuses("Bob"), renews())),
        bad("somebody", told(renews(), refuses("Bob"), renews()), "Bob turned somebody away"),
        bad("one of them", told(renews(), refuses("Bob", "Alice")), "Bob turned Alice away"),
        good("only Alice is judged", told(renews(), refuses("Bob")), device="Alice"),
    ),
    "old_key_given_up": (
        unknown("empty", empty, "Alice has got no new key", **OF),
        unknown("somebody else", told(renews("Bob"), retires("Bob")), "Alice has got no new key", **OF),
        good("all others", told(renews(), wait(100), retires("Bob")), "1 device gave up Alice's old key", **OF),
        bad("not all", told(renews(), wait(100)), "expected Bob to have given up", **OF),
        bad("that of another one", told(renews(), wait(100), retires("Bob", "c-1")), **OF),
        bad("an earlier one", told(retires("Bob"), renews(), wait(100)), **OF),
        bad("too late", told(renews(), wait(1300), retires("Bob")), **OF),
        bad("too early", told(renews(overlap_ms=700), wait(300), retires("Bob")),
            "Bob gave up Alice's old key before its time was over", **OF),
        good("only Alice is judged", told(renews(), wait(100)), device="Alice", **OF),
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
    "sizes_tell_little": (
        ("if len(said) <= most:", "if False:"),
        ("if len(lengths) > most:", "if len(lengths) >= most:"),
        ("elif not lengths:", "elif False:"),
        ("if not heard:", "if False:"),
        ("found = max(found, len(lengths))", "pass"),
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
        ("if known:", "if False:"),
    ),
    "nobody_turned_away": (
        ("history.of(PeerRefused, device)", "history.of(PeerRefused)"),
        ("list(faults)", "[]"),
        ("if line.t_ns >= renewed[0].t_ns", ""),
        ("renewed[0].t_ns]", "renewed[-1].t_ns]"),
    ),
    "old_key_given_up": (
        ('history.notes("key_renewed", whose)', 'history.notes("key_renewed")'),
        ("if each not in known", "if False"),
        ("if each in early", "if False"),
        ("device in (None, each)", "True"),
        ("line.peer == identity and", ""),
        ("since <= line.t_ns", "True"),
        ("line.t_ns <= until", "True"),
    ),
}

"""Hostile peers: who exposes whom, and by when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.file_stories import everybody, takes_part, writes
from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Deliver, Note
from syncproof.workloads.files.records import FileAsked, FileTransfer, PeerExposed, PeerQuarantined

Act = Callable[[Story], object]
BY: dict[str, Any] = {"liar": "Mallory", "asked_ns": 1000 * MS, "within_ns": 200 * MS}
PER: dict[str, Any] = {"most": 5, "during_ns": 1000 * MS}


def exposes(device: str, peer: str = "m-1") -> Act:
    """A device has a proof."""
    return lambda story: story.add(PeerExposed, device=device, source=device, peer=peer, at=1)


def quarantines(device: str, peer: str = "m-1", *, for_ms: int = 9000) -> Act:
    """A device has nothing more to do with another one."""

    def act(story: Story) -> None:
        until = story.now + MS + for_ms * MS
        story.add(
            PeerQuarantined,
            device=device,
            source=device,
            incarnation=story._incarnation[device],
            peer=peer,
            reason="",
            until_ns=until,
        )

    return act


def gets(device: str, peer: str = "m-1", times: int = 1) -> Act:
    """Something comes to a device from another one."""

    def act(story: Story) -> None:
        for _ in range(times):
            number = story._incarnation[device]
            story.add(FileTransfer, device=device, source=device, incarnation=number, peer=peer, what="talk")

    return act


def restarts(device: str) -> Act:
    """A device is started again."""
    return lambda story: story.restart(device)


def reinstalls(device: str) -> Act:
    """A device has lost all, and is started again."""
    return lambda story: story.install_anew(device)


def asked(path: str = "plan.txt", op_id: str = "m1", name: str = "Mallory") -> Act:
    """A hostile peer is asked to write a file."""
    return lambda story: story.add(FileAsked, device=name, op_id=op_id, action="write", path=path)


def told_of(device: str, op_id: str, author: str) -> Act:
    """A change is in a device's log, under the name of somebody."""

    def act(story: Story) -> None:
        log = story._logs[device]
        fields = dict.fromkeys(("group", "kind", "version", "digest", "path"), "x")
        number = story._incarnation[device]
        log.append(
            story.add(
                Deliver,
                device=device,
                source=device,
                incarnation=number,
                n=len(log) + 1,
                op_id=op_id,
                author=author,
                size=1,
                **fields,
            )
        )

    return act


def harms(times: int, name: str = "Mallory") -> Act:
    """What a hostile peer says of itself at rest."""
    return lambda story: story.add(Note, device=name, what="harm", fields={"times": times})


def is_stranger(name: str = "Mallory") -> Act:
    """Nobody has let somebody in."""
    return lambda story: story.add(Note, device=name, what="stranger")


def has(*files: str, name: str = "Mallory") -> Act:
    """What somebody who does harm has in the end."""
    return lambda story: story.add(Note, device=name, what="loot", fields={"files": list(files)})


ALL_BY = {name: limit for name, limit in BY.items() if name != "liar"}
BOTH_TAKE_PART = (takes_part(), takes_part("Trudy", "t-1"))
#: By all but one of the two devices.
BOTH_EXPOSED = (exposes("Alice"), exposes("Bob"), exposes("Alice", "t-1"))

CASES: dict[str, tuple[Case, ...]] = {
    "nobody_framed": (
        unknown("empty", empty, "the history is empty"),
        good("nobody", told(takes_part()), "0 times"),
        good("the hostile one", told(takes_part(), exposes("Bob")), "1 time that somebody was exposed"),
        bad("an honest one", told(takes_part(), exposes("Bob", "Alice")), "Bob exposed Alice"),
        good("the hostile one was quarantined", told(takes_part(), quarantines("Bob")), "0 times", "1 that"),
        bad("an honest one was quarantined", told(takes_part(), quarantines("Bob", "Alice")),
            "Bob quarantined Alice"),
        good("only Alice is judged, who quarantined nobody", told(takes_part(), quarantines("Bob", "Alice")),
             device="Alice"),
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
    "strangers_kept_out": (
        unknown("empty", empty, "the history is empty"),
        good("none", told(has("plan.txt")), "0 strangers"),
        good("one without a file", told(is_stranger(), has()), "1 stranger, without any file"),
        bad("one with files", told(is_stranger(), has("plan.txt", "x")),
            'Mallory, whom nobody has let in, has 2 files, one of them "plan.txt"'),
        bad("one of two", told(is_stranger(), is_stranger("Trudy"), has(), has("x", name="Trudy")), "Trudy, whom"),
        bad("it had none before", told(is_stranger(), has(), has("x"))),
        unknown("nobody has looked", told(is_stranger()), "nobody has looked at what Mallory has"),
        good("a member has files", told(is_stranger("Trudy"), has(name="Trudy"), has("x"))),
        bad("whoever is judged", told(is_stranger(), has("x")), device="Bob"),
    ),
    "quarantine_kept": (
        unknown("empty", empty, "the history is empty"),
        good("nobody was quarantined", told(takes_part(), gets("Bob")), "0 quarantines"),
        good("nothing came from it any more", told(takes_part(), gets("Bob"), quarantines("Bob"), gets("Bob", "x")),
             "1 quarantine, each kept"),
        bad("something came from it", told(takes_part(), quarantines("Bob"), gets("Bob")),
            "Bob had quarantined Mallory and took something from it"),
        good("another one took something", told(takes_part(), quarantines("Bob"), gets("Alice"))),
        good("its quarantine was over", told(takes_part(), quarantines("Bob", for_ms=20), wait(30), gets("Bob"))),
        bad("it was started again", told(takes_part(), quarantines("Bob"), restarts("Bob"), gets("Bob")),
            "Bob had quarantined Mallory and took something from it"),
        good("it was installed anew", told(takes_part(), quarantines("Bob"), reinstalls("Bob"), gets("Bob"))),
        good("only Alice is judged", told(takes_part(), quarantines("Bob"), gets("Bob")), device="Alice"),
    ),
    "liar_quarantined": (
        unknown("empty", empty, "Mallory takes no part", **BY),
        unknown("another one takes part", told(takes_part("Trudy"), quarantines("Bob")), **BY),
        good("all", told(takes_part(), quarantines("Alice"), quarantines("Bob")),
             "2 devices quarantined Mallory", **BY),
        bad("one did not", told(takes_part(), quarantines("Alice")), "expected Bob to have quarantined", **BY),
        bad("one quarantined another one", told(
            takes_part(), takes_part("Trudy", "t-1"), quarantines("Alice"), quarantines("Bob", "t-1")), **BY),
        bad("too late", told(takes_part(), quarantines("Alice"), wait(300), quarantines("Bob")), **BY),
        good("only Alice is judged", told(takes_part(), quarantines("Alice")), device="Alice", **BY),
    ),
    "flood_slowed": (
        unknown("empty", empty, "nobody is hostile", **PER),
        unknown("nobody is hostile", told(gets("Bob", times=20)), **PER),
        good("few at a time", told(takes_part(), *[act for _ in range(2) for name in ("Alice", "Bob")
             for act in (gets(name, times=5), wait(1000))]), "at most 5", **PER),
        bad("many at once", told(takes_part(), gets("Alice", times=9), gets("Bob", times=9)),
            "expected Alice to take in at most 5 messages in 1 s; it took 9", **PER),
        good("many of an honest one", told(takes_part(), gets("Bob", "Alice", 9), gets("Bob", times=5), wait(1000),
             gets("Bob", times=5)), device="Bob", **PER),
        unknown("no flood came", told(takes_part(), gets("Alice", times=5), gets("Bob", times=5)),
                "Alice got 5 messages only", **PER),
        bad("only Bob is judged", told(takes_part(), gets("Bob", times=6)), device="Bob", **PER),
        good("a second later", told(takes_part(), gets("Bob", times=3), wait(995), gets("Bob", times=3)),
             device="Bob", **PER),
        bad("the same in a longer time", told(takes_part(), gets("Bob", times=3), wait(995), gets("Bob", times=3)),
            "at most 5 messages in 2 s; it took 6", device="Bob", most=5, during_ns=2000 * MS),
    ),
    "authors_told": (
        unknown("empty", empty, 'nobody changed "plan.txt"', path="plan.txt"),
        unknown("another file", told(writes("Alice", "a", "x"), everybody()), path="plan.txt"),
        unknown("a hostile one alone", told(takes_part(), asked(), told_of("Bob", "m1", "m-1")), path="plan.txt"),
        good("all tell it", told(writes("Alice", "a"), writes("Bob", "b"), everybody()), "2 changes of",
             path="plan.txt"),
        good("a new name", told(writes("Alice", "a", "x", was="plan.txt"), everybody()), "1 change", path="plan.txt"),
        bad("one lacks it", told(writes("Alice", "a"), everybody("Alice")), "Bob's log lacks 1 change",
            witness=("a1",), path="plan.txt"),
        bad("under another name", told(takes_part(), writes("Alice", "a"), everybody("Alice"),
            told_of("Bob", "a1", "m-1")), 'Bob\'s log tells that m-1 changed "plan.txt", not Alice', path="plan.txt"),
        good("what a hostile one did", told(takes_part(), asked(), writes("Alice", "a"), everybody(),
             told_of("Bob", "m1", "m-1")), path="plan.txt"),
        bad("an honest one is said to have done it", told(takes_part(), asked(), writes("Alice", "a"), everybody(),
            told_of("Bob", "m1", "Alice")), "not Mallory", path="plan.txt"),
        good("nobody knows that it was taken", told(writes("Alice", "a"), everybody(),
             writes("Alice", "b", accept=False)), path="plan.txt"),
        good("only Alice is judged", told(writes("Alice", "a"), everybody("Alice")), device="Alice", path="plan.txt"),
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
    "liars_exposed": (
        unknown("empty", empty, "nobody is hostile", **ALL_BY),
        good("both", told(*BOTH_TAKE_PART, *BOTH_EXPOSED, exposes("Bob", "t-1")),
             "2 hostile peers, each exposed by all", **ALL_BY),
        bad("one of them", told(*BOTH_TAKE_PART, *BOTH_EXPOSED), "expected Bob to have exposed Trudy", **ALL_BY),
        bad("too late", told(takes_part(), exposes("Alice"), wait(300), exposes("Bob")), "Bob", **ALL_BY),
        good("only Alice is judged", told(takes_part(), exposes("Alice")), device="Alice", **ALL_BY),
    ),
}  # fmt: skip

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "nobody_framed": (
        ("history.of(PeerExposed, device)", "history.of(PeerExposed)"),
        ("history.of(PeerQuarantined, device)", "history.of(PeerQuarantined)"),
        ("if peer not in history.outsiders", "if peer in history.outsiders"),
    ),
    "harm_done": (
        ("if not times.get(name)", "if times.get(name)"),
        ("if not times.get(name)", "if not times"),
        (' that harm was done", idle)', ' that harm was done")'),
    ),
    "strangers_kept_out": (
        ("if not looks:", "if False:"),
        ("and files:", "and not files:"),
        ("looks[-1]", "looks[0]"),
        ('history.notes("loot", name)', 'history.notes("loot")'),
    ),
    "quarantine_kept": (
        ("history.of(PeerQuarantined, device)", "history.of(PeerQuarantined)"),
        ("history.of(FileTransfer, line.device)", "history.of(FileTransfer)"),
        ("got.peer == line.peer", "True"),
        ("and installation(got.incarnation) == installation(line.incarnation)", ""),
        (
            "installation(got.incarnation) == installation(line.incarnation)",
            "got.incarnation == line.incarnation",
        ),
        ("line.t_ns < got.t_ns < line.until_ns", "got.t_ns < line.until_ns"),
        ("line.t_ns < got.t_ns < line.until_ns", "line.t_ns < got.t_ns"),
    ),
    "liar_quarantined": (
        ("if each not in known and", "if each in known and"),
        ("each not in known and device in (None, each)", "each not in known"),
        ("line.t_ns <= until and", ""),
        ("history.outsiders.get(line.peer) == name", "True"),
        ("liar not in history.outsiders.values()", "not history.outsiders"),
    ),
    "flood_slowed": (
        ("if line.peer in history.outsiders", ""),
        ("if found > most:", "if found >= most:"),
        ("elif len(got) <= most:", "elif len(got) < most:"),
        ("if device not in (None, name):", "if False:"),
        ("recent[0] <= t_ns - during_ns", "False"),
        ("recent[0] <= t_ns - during_ns", "recent[0] < t_ns - during_ns"),
    ),
    "authors_told": (
        ("if path in (line.path, line.was)", ""),
        ("if path in (line.path, line.was)", "if path == line.path"),
        ("if op_id in history.accepts", ""),
        ("if device not in (None, name):", "if False:"),
        ("if op_id not in log]", "if op_id in log]"),
        ("if op_id in log and", "if op_id in log and op_id in taken and"),
        ("history.outsiders.get(log[op_id].author, log[op_id].author)", "log[op_id].author"),
        ("witness += [*lacking, *wrong]", ""),
    ),
    "liar_exposed": (
        ("if each not in known and", "if each in known and"),
        ("and device in (None, each)", ""),
        ("line.t_ns <= until and", ""),
        ("history.outsiders.get(line.peer) == name", "True"),
        ("liar not in history.outsiders.values()", "not history.outsiders"),
    ),
    "liars_exposed": (
        ("if each not in exposed_by", "if each in exposed_by"),
        ("history, liar, deadline", "history, liar"),
        ("and device in (None, each)", ""),
        (
            "in history.outsiders.values()\n        for each",
            "in list(history.outsiders.values())[:1]\n        for each",
        ),
    ),
}

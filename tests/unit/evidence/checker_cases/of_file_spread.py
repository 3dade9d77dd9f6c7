"""From whom devices get parts of files, on which ways, in how many messages; and what they work out once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.checker_cases.of_file_growth import load
from tests.unit.evidence.file_stories import ONE, Act, everybody, gets, looked, writes
from tests.unit.evidence.histories import Story

from syncproof.evidence.records import Note
from syncproof.workloads.files.records import FileTransfer

FOUR = ("Alice", "Bob", "Carol", "Dave")
EIGHT = tuple(f"d{place}" for place in range(8))


def named(story: Story) -> None:
    """What the system calls the devices is put on record."""
    names = {f"id-{name}": name for name in story.devices}
    story.add(Note, what="identities", fields={"names": names})


def gives(giver: str, device: str, digest: str = "b1", size: int = 9) -> Act:
    """A part of a file goes from one device to another."""
    return lambda story: story.add(
        FileTransfer,
        device=device,
        source=device,
        peer=f"id-{giver}",
        what="block",
        digest=digest,
        size=size,
    )


def counts(device: str, **counted: int) -> Act:
    """A device is asked what it has counted."""
    return lambda story: story.add(Note, device=device, what="work_counted", fields={"counted": counted})


def touched(device: str) -> Act:
    return lambda story: story.add(Note, device=device, what="file_touched", fields={"path": "plan.txt"})


def four(*acts: Act) -> Callable[[], Story]:
    return told(*acts, named, devices=FOUR)


def eight(*acts: Act) -> Callable[[], Story]:
    return told(*acts, devices=EIGHT)


PASSED_ON = (gives("Alice", "Bob"), gives("Bob", "Carol"), gives("Carol", "Dave"))
BY_ALICE = (gives("Alice", "Bob"), gives("Alice", "Carol"), gives("Alice", "Dave"))
LOOKS = (looked(*FOUR), looked(*FOUR))
MIN: dict[str, Any] = {"most": 1.5}

CASES: dict[str, tuple[Case, ...]] = {
    "few_copies": (
        unknown("empty", empty, "no part of a file was transferred", most=1),
        unknown("nobody knows the names", told(*BY_ALICE, devices=FOUR), most=1),
        good("passed on", four(*PASSED_ON), "at most 1.0 copies from one device, for 3 devices", most=1),
        bad("all from one", four(*BY_ALICE), "Alice gave away 3.0 copies; expected at most 2", most=2),
        unknown("as many as there are", four(*BY_ALICE), "3 copies show nothing", most=3),
        bad(
            "two parts",
            four(*BY_ALICE, *(gives("Alice", name, "b2") for name in FOUR[1:])),
            "3.0 copies",
            most=2,
        ),
        good("half of it each", four(*BY_ALICE, *(gives("Bob", n, "b2") for n in FOUR[1:])), most=2),
        bad("again to the same", four(*PASSED_ON, *PASSED_ON, *PASSED_ON), most=2),
        good("only Bob is judged", four(*BY_ALICE), most=2, device="Bob"),
        bad("only Alice is judged", four(*BY_ALICE), most=2, device="Alice"),
    ),
    "few_steps": (
        unknown("empty", empty, "no part of a file was transferred", most=1),
        good("one step", four(*BY_ALICE), "at most 1 step to 4 devices", most=1),
        bad(
            "three steps",
            four(*PASSED_ON),
            "Dave got it on the way Alice - Bob - Carol - Dave; expected 2 steps",
            most=2,
        ),
        unknown("no more is possible", four(*PASSED_ON), "4 devices cannot be more steps apart", most=3),
        good("each part by itself", four(gives("Alice", "Bob"), gives("Bob", "Carol", "b2")), most=1),
        good("what came first counts", four(*BY_ALICE[:2], gives("Carol", "Bob")), most=1),
        good("only Bob is judged", four(*PASSED_ON), most=2, device="Bob"),
        bad("in a circle", four(gives("Bob", "Carol"), gives("Carol", "Bob")), most=1),
    ),
    "near_minimum": (
        unknown("empty", empty, "no part of a file was transferred", **MIN),
        good("once each", four(*BY_ALICE), "27 B were transferred, 1.00 times", **MIN),
        good("with a little talk", four(*BY_ALICE, gets("Bob", "talk", "", size=13)), **MIN),
        bad("with much talk", four(*BY_ALICE, gets("Bob", "talk", "", size=15)), "1.56 times", **MIN),
        bad("all twice", four(*BY_ALICE, *BY_ALICE), "2.00 times what there was to get", **MIN),
        good("only Carol is judged", four(*BY_ALICE, gives("Alice", "Bob")), **MIN, device="Carol"),
        bad("only Bob is judged", four(*BY_ALICE, gives("Alice", "Bob")), **MIN, device="Bob"),
    ),
    "last_change_small": (
        unknown("empty", empty, "nobody was asked for a change", most=9),
        good("little", told(*ONE, gets("Bob")), "at most 9 B for the last change", most=9),
        bad(
            "too much", told(*ONE, gets("Bob", size=10)), "Bob got 10 B for it; expected at most 9 B", most=9
        ),
        good("before it", told(gets("Bob", size=99), *ONE, gets("Bob")), most=9),
        bad("in pieces", told(*ONE, gets("Bob"), gets("Bob", "talk", "", size=1)), most=9),
        bad("at once", told(writes("Alice", "one"), gets("Bob", size=10), everybody()), most=9),
        good("whoever wrote it", told(*ONE, gets("Alice", size=99)), most=9),
        unknown("not there yet", told(writes("Alice", "one")), "Bob does not have the last change", most=9),
        good("only Carol is judged", told(*ONE, gets("Bob", size=10)), most=9, device="Carol"),
    ),
    "few_messages": (
        unknown("empty", empty, device="Bob", number=1, most=1),
        good(
            "together",
            told(*ONE, writes("Alice", "two"), everybody(), gets("Bob", "ops", "", 2)),
            "2 changes came to Bob in 1 message",
            device="Bob",
            number=2,
            most=1,
        ),
        bad(
            "each alone",
            told(*ONE, writes("Alice", "two"), everybody(), gets("Bob", "ops", ""), gets("Bob", "ops", "")),
            "2 changes came to Bob in 2 messages; expected at most 1",
            device="Bob",
            number=2,
            most=1,
        ),
        unknown("fewer came", told(*ONE, gets("Bob", "ops", "")), "not 2", device="Bob", number=2, most=1),
        unknown(
            "not delivered",
            told(writes("Alice", "one"), gets("Bob", "ops", "")),
            device="Bob",
            number=1,
            most=1,
        ),
        unknown("its own", told(*ONE, gets("Alice", "ops", "")), device="Alice", number=1, most=1),
        good(
            "parts of files are others",
            told(*ONE, gets("Bob", "ops", ""), gets("Bob"), gets("Bob")),
            device="Bob",
            number=1,
            most=1,
        ),
    ),
    "fewer_than_in_a_mesh": (
        unknown("empty", empty, "no single change"),
        good("fewer", eight(*load(1, 8, 55)), "55 messages, where a mesh of 8 needs 56 only to tell"),
        bad("as many", eight(*load(1, 8, 56)), "56 messages"),
        unknown("two changes", eight(*load(1, 8, 20, changes=2))),
        unknown("few devices", eight(*load(1, 5, 3))),
        bad("the second time", eight(*load(1, 8, 10), *load(2, 8, 60))),
        good("between", eight(*load(1, 8, 55), gets("d1"), gets("d1"))),
        bad("one device's part", eight(*load(1, 8, 7)), device="d1"),
        good("another device's part", eight(*load(1, 8, 7)), device="d2"),
    ),
    "packed_once": (
        unknown("empty", empty, "no device gave one part to 3 others", number=3),
        good("once", four(*BY_ALICE, counts("Alice", blocksPacked=1)), "for up to 3 devices", number=3),
        bad(
            "for each",
            four(*BY_ALICE, counts("Alice", blocksPacked=3)),
            "Alice made 3 parts ready to give away 1",
            number=3,
        ),
        good(
            "two parts",
            four(*BY_ALICE, gives("Alice", "Bob", "b2"), counts("Alice", blocksPacked=2)),
            number=3,
        ),
        good("not even once", four(*BY_ALICE, counts("Alice", blocksPacked=0)), number=3),
        unknown("not for many", four(*PASSED_ON, counts("Alice", blocksPacked=1)), number=2),
        unknown(
            "each another part",
            four(gives("Alice", "Bob"), gives("Alice", "Carol", "b2"), counts("Alice", blocksPacked=2)),
            number=2,
        ),
        unknown("nobody counts", four(*BY_ALICE, counts("Alice", other=1)), number=3),
        good(
            "the last count",
            four(*BY_ALICE, counts("Alice", blocksPacked=9), counts("Alice", blocksPacked=1)),
            number=3,
        ),
        bad(
            "only Alice is judged", four(*BY_ALICE, counts("Alice", blocksPacked=3)), number=3, device="Alice"
        ),
        unknown(
            "only Bob is judged", four(*BY_ALICE, counts("Alice", blocksPacked=3)), number=3, device="Bob"
        ),
    ),
    "hashed_once": (
        unknown("empty", empty, "0 looks at folders show nothing", number=1),
        good("once", told(*ONE, *LOOKS, counts("Alice", filesHashed=1)), "in 2 looks", number=2),
        bad(
            "again",
            told(*ONE, *LOOKS, counts("Alice", filesHashed=2)),
            "Alice read files 2 times to hash them; 1 change was made there",
            number=2,
        ),
        bad(
            "what it got",
            told(*ONE, *LOOKS, counts("Bob", filesHashed=1)),
            "Bob read files 1 times",
            number=2,
        ),
        good("touched", told(*ONE, touched("Alice"), *LOOKS, counts("Alice", filesHashed=2)), number=2),
        bad(
            "another one touched",
            told(*ONE, touched("Bob"), *LOOKS, counts("Alice", filesHashed=2)),
            number=2,
        ),
        unknown("few looks", told(*ONE, *LOOKS, counts("Alice", filesHashed=1)), number=3),
        unknown("nobody counts", told(*ONE, *LOOKS, counts("Alice", other=1)), number=2),
        good(
            "only Bob is judged",
            told(*ONE, *LOOKS, counts("Alice", filesHashed=2), counts("Bob", filesHashed=0)),
            number=2,
            device="Bob",
        ),
    ),
}

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "few_copies": (
        ("if number > most", "if number > most + 1"),
        ("{line.digest: line.size for line in got}.values()", "line.size for line in got"),
        ("if device in (None, name)", ""),
        ("if receivers <= most", "if False"),
    ),
    "few_steps": (
        ("len(way) - 1 > most", "len(way) - 1 > most + 1"),
        (".setdefault(line.device,", ".__setitem__(line.device,"),
        ("and len(way) <= len(sources)", "and len(way) < 2"),
        ("len(history.devices) - 1 <= most", "False"),
    ),
    "near_minimum": (
        ("all_bytes > most * wanted", "all_bytes > 2 * most * wanted"),
        ("if device not in (None, name):\n            continue\n        got", "got"),
        (
            '{line.digest for line in got if line.what == "block"}',
            '[line.digest for line in got if line.what == "block"]',
        ),
    ),
    "last_change_small": (
        ("got > most", "got > most + 1"),
        ("if line.t_ns >= since.t_ns", ""),
        ("name == since.device or", ""),
        ("since.op_id not in history.delivered(name)", "False"),
    ),
    "few_messages": (
        ("len(came) > most", "len(came) > most + 1"),
        ("< number or len(delivered) < number", "< number"),
        ('if line.what == "ops"', ""),
    ),
    "fewer_than_in_a_mesh": (
        ("got >= mesh", "got > mesh"),
        ("made != 1 or", ""),
        ("or devices < _ENOUGH", ""),
        ("(devices if device is None else 1)", "devices"),
    ),
    "packed_once": (
        ("packed[name] > len(parts)", "False"),
        ("most < number", "False"),
        ("(giver, line.digest), set()", '(giver, ""), set()'),
    ),
    "hashed_once": (
        ("times > allowed", "times > allowed + 1"),
        ("or looks < number", ""),
        ("if each.device == name", ""),
        ('history.notes("file_touched", name)', 'history.notes("file_touched")'),
    ),
}

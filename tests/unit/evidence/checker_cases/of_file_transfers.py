"""What devices that share a folder get from each other."""

from __future__ import annotations

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.file_stories import (
    BY,
    ONE,
    PLAN,
    QUIET,
    everybody,
    everywhere,
    gets,
    lies,
    look_for_silence,
    silence,
    writes,
)

CASES: dict[str, tuple[Case, ...]] = {
    "bounded_transfers": (
        unknown("empty", empty, "nothing was transferred", most=1),
        good("once", told(*ONE, gets("Bob"), gets("Bob", "ops", "")), most=1),
        bad(
            "twice",
            told(*ONE, gets("Bob"), gets("Bob")),
            "1 part of files too often, one of them 2 times",
            most=1,
        ),
        good("twice is allowed", told(*ONE, gets("Bob"), gets("Bob")), most=2),
        good("two parts", told(*ONE, gets("Bob"), gets("Bob", digest="b2")), most=1),
        bad(
            "told twice",
            told(*ONE, gets("Bob", "ops", ""), gets("Bob", "ops", "")),
            "expected Bob to be told of each change once at most; others made 1, and it was told of 2",
            most=1,
        ),
        bad(
            "told three times",
            told(*ONE, gets("Bob", "ops", "", 3)),
            "told of each change 2 times at most",
            most=2,
        ),
        bad("told of two", told(*ONE, gets("Bob", "ops", "", 2)), most=1),
        bad("told of its own", told(*ONE, gets("Alice", "ops", "")), "others made 0", most=1),
        good("only Alice is judged", told(*ONE, gets("Bob"), gets("Bob")), most=1, device="Alice"),
    ),
    "quiescence": (
        unknown("empty", empty, "nobody looked", **QUIET),
        unknown("nobody looked", told(*ONE), "nobody looked", **QUIET),
        unknown("nothing was asked for", told(look_for_silence), **QUIET),
        good("silence", told(*silence(*ONE, gets("Bob"))), "for 0.05 s", **QUIET),
        bad(
            "a transfer",
            told(*silence(*ONE), gets("Bob"), look_for_silence),
            "Bob still got something",
            **QUIET,
        ),
        bad("talk", told(*silence(*ONE), gets("Bob", "talk", ""), look_for_silence), **QUIET),
        bad("a change", told(*silence(writes("Alice", "one")), everybody("Bob"), look_for_silence), **QUIET),
        bad(
            "a folder changes",
            told(*silence(*ONE, alice={PLAN: "x"})),
            "expected no folder to change for 0.05 s; Alice's did",
            **QUIET,
        ),
        unknown("nobody looked at folders", told(*ONE, wait(60), look_for_silence), **QUIET),
        unknown(
            "nobody looked at Bob's",
            told(*ONE, lies("Alice", {}), wait(60), lies("Alice", {}), look_for_silence),
            "nobody looked at Bob's folder before and after",
            **QUIET,
        ),
        unknown(
            "nobody looked before",
            told(*ONE, wait(60), everywhere({PLAN: "one"}), look_for_silence),
            **QUIET,
        ),
        unknown(
            "nobody looked at the end",
            told(*ONE, everywhere({PLAN: "one"}), wait(60), look_for_silence),
            **QUIET,
        ),
        good(
            "only Alice is judged",
            told(*silence(*ONE), gets("Bob"), look_for_silence),
            device="Alice",
            **QUIET,
        ),
    ),
    "bytes_arrived": (
        unknown("empty", empty, "nothing was asked for", device="Bob", size=9, **BY),
        good("all", told(*ONE, gets("Bob")), "Bob has got 9 B of files", device="Bob", size=9, **BY),
        bad(
            "a byte less",
            told(*ONE, gets("Bob")),
            "expected Bob to have got 10 B of files",
            "it has got 9 B",
            device="Bob",
            size=10,
            **BY,
        ),
        good("two parts", told(*ONE, gets("Bob"), gets("Bob", digest="b2")), device="Bob", size=18, **BY),
        good("one large part", told(*ONE, gets("Bob", size=1_000_000)), device="Bob", size=640_000, **BY),
        bad("the same twice", told(*ONE, gets("Bob"), gets("Bob")), device="Bob", size=10, **BY),
        bad("another device", told(*ONE, gets("Alice")), "it has got 0", device="Bob", size=9, **BY),
        bad("no part", told(*ONE, gets("Bob", "ops", "")), device="Bob", size=9, **BY),
        bad("too late", told(*ONE, wait(500), gets("Bob")), device="Bob", size=9, **BY),
    ),
    "paths_used": (
        unknown("empty", empty, "nothing was asked for", device="Bob", number=2, **BY),
        good(
            "two paths",
            told(*ONE, gets("Bob"), gets("Bob", digest="b2", peer="y")),
            "Bob got parts of files from 2 devices",
            device="Bob",
            number=2,
            **BY,
        ),
        bad(
            "one path",
            told(*ONE, gets("Bob"), gets("Bob", digest="b2")),
            "expected 2",
            "from 1 device",
            device="Bob",
            number=2,
            **BY,
        ),
        bad("no part", told(*ONE, gets("Bob"), gets("Bob", "ops", peer="y")), device="Bob", number=2, **BY),
        bad("another device", told(*ONE, gets("Bob"), gets("Alice", peer="y")), device="Bob", number=2, **BY),
        bad(
            "too late",
            told(*ONE, gets("Bob"), wait(500), gets("Bob", peer="y")),
            device="Bob",
            number=2,
            **BY,
        ),
    ),
}

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "bounded_transfers": (
        ("times > most", "times > most + 1"),
        ("changes > most * made", "changes > most * (made + 1)"),
        ("line.count for line", "1 for line"),
        ('"once" if most == 1', '"once" if most'),
    ),
    "quiescence": (
        ("busy += [entry", "[entry"),
        ("< quiet_ns", "< 0"),
        ("folder.files != before[-1].files", "False"),
        ("not before or", ""),
        ("or not during", ""),
    ),
    "bytes_arrived": (
        ('line.what == "block" and', ""),
        ("and line.t_ns <= until", ""),
        ("got < size", "got < size - 1"),
        ("history.of(FileTransfer, device)", "history.of(FileTransfer)"),
    ),
    "paths_used": (
        ('if line.what == "block" and line.t_ns <= deadline', "if line.t_ns <= deadline"),
        ("and line.t_ns <= deadline", ""),
        ("for line in history.of(FileTransfer, device) if", "for line in history.of(FileTransfer) if"),
        ("{line.peer for line in got}) < number", "{line.peer for line in got}) < number - 1"),
        ("{line.peer for line in got}) < number", "got) < number"),
    ),
}

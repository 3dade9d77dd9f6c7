"""Folders: the same everywhere, with so many versions of a file, by a deadline."""

from __future__ import annotations

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.file_stories import (
    BOTH,
    BY,
    GONE,
    ONE,
    PLAN,
    SIDE,
    everybody,
    everywhere,
    lies,
    looked,
    writes,
)
from tests.unit.evidence.histories import exchange

CASES: dict[str, tuple[Case, ...]] = {
    "same_folders": (
        unknown("empty", empty, "the history is empty"),
        good("no folders", exchange, "0 folders"),
        good("the same", told(*ONE, everywhere({PLAN: "one"})), "2 folders, all the same"),
        bad(
            "one lacks it", told(*ONE, everywhere({PLAN: "one"}, {})), 'Alice has "plan.txt" and Bob does not'
        ),
        bad(
            "one has more", told(*ONE, everywhere({}, {PLAN: "one"})), 'Bob has "plan.txt" and Alice does not'
        ),
        bad("other content", told(*ONE, everywhere({PLAN: "one"}, {PLAN: "x"})), "different content"),
        bad(
            "other permissions",
            told(
                *ONE,
                lies("Alice", {PLAN: "one"}),
                lies("Bob", {PLAN: "one"}, mode=0o444),
                looked("Alice", "Bob"),
            ),
            "different permissions",
        ),
        bad("many", told(*ONE, everywhere({str(n): "x" for n in range(5)}, {})), "and 2 more"),
        unknown(
            "one of them could not be looked at",
            told(*ONE, everywhere({PLAN: "one"}), lies("Alice", {PLAN: "one"}), looked("Alice")),
            "nobody looked at Bob's folder",
        ),
        unknown(
            "nobody looked at what Alice's is compared with",
            told(*ONE, lies("Alice", {PLAN: "one"}), looked("Alice")),
            "nobody looked at Bob's folder",
            device="Alice",
        ),
        unknown("nobody looked", told(*ONE), "nobody looked at Alice's folder", "Bob's folder"),
        unknown("nobody looked after the last change", told(everywhere({PLAN: "one"}), *ONE)),
        good("they became the same", told(*ONE, everywhere({PLAN: "one"}, {}), everywhere({PLAN: "one"}))),
        good("a third one", told(*ONE, everywhere({PLAN: "one"}, {PLAN: "x"})), device="Carol"),
    ),
    "equal_folders": (
        unknown("empty", empty, "no two folders", **BY),
        unknown("nobody asked for anything", told(everywhere({})), "no two folders", **BY),
        unknown(
            "one of three was not looked at",
            told(*ONE, everywhere({PLAN: "one"}), devices=("Alice", "Bob", "Carol")),
            **BY,
        ),
        unknown(
            "one of three could not be looked at any more",
            told(
                *ONE,
                everywhere({PLAN: "one"}, {PLAN: "one"}, {PLAN: "one"}),
                everywhere({PLAN: "one"}),
                looked("Alice", "Bob"),
                devices=("Alice", "Bob", "Carol"),
            ),
            "nobody looked at Carol's folder",
            **BY,
        ),
        unknown(
            "nobody looked at all that Alice's is compared with",
            told(*ONE, everywhere({PLAN: "one"}), devices=("Alice", "Bob", "Carol")),
            "nobody looked at Carol's folder",
            device="Alice",
            **BY,
        ),
        good("equal", told(*ONE, everywhere({PLAN: "one"})), "2 folders, all the same", **BY),
        bad(
            "not equal",
            told(*ONE, everywhere({PLAN: "one"}, {})),
            "expected all folders to be equal within",
            **BY,
        ),
        bad(
            "equal too late",
            told(*ONE, everywhere({PLAN: "one"}, {}), wait(500), everywhere({PLAN: "one"})),
            **BY,
        ),
        bad(
            "equal, and lacking",
            told(writes("Alice", "one"), everywhere({})),
            "not all changes are in them",
            **BY,
        ),
        bad(
            "delivered too late",
            told(writes("Alice", "one"), everywhere({PLAN: "one"}), wait(500), everybody()),
            **BY,
        ),
        good("a third one", told(*ONE, everywhere({PLAN: "one"}, {})), device="Carol", **BY),
    ),
    "file_versions": (
        unknown("empty", empty, 'nobody wrote "plan.txt"', path=PLAN, number=1, **BY),
        good("one", told(*ONE, everywhere({PLAN: "one"})), path=PLAN, number=1, **BY),
        unknown("nobody looked", told(*ONE), "Alice's folder", "Bob's folder", path=PLAN, number=1, **BY),
        unknown(
            "nobody looked at Bob's",
            told(*ONE, lies("Alice", {PLAN: "one"}), looked("Alice")),
            "nobody looked at Bob's folder",
            path=PLAN,
            number=1,
            **BY,
        ),
        good(
            "another file that is called nearly so",
            told(
                writes("Alice", "one", "file 1.txt"),
                everybody(),
                everywhere({"file 1.txt": "one", "file 10.txt": "ten"}),
            ),
            path="file 1.txt",
            number=1,
            **BY,
        ),
        good("two", told(*BOTH, everywhere(SIDE)), '2 versions of "plan.txt"', path=PLAN, number=2, **BY),
        bad(
            "one of two",
            told(*BOTH, everywhere({PLAN: "two"})),
            "expected Alice to have 2 versions",
            path=PLAN,
            number=2,
            **BY,
        ),
        bad(
            "at one of them",
            told(*BOTH, everywhere(SIDE, {PLAN: "two"})),
            "expected Bob",
            path=PLAN,
            number=2,
            **BY,
        ),
        bad("none has its name", told(*ONE, everywhere({"plan 2.txt": "one"})), path=PLAN, number=1, **BY),
        good("deleted", told(*GONE, everywhere({})), path=PLAN, number=0, **BY),
        bad(
            "not deleted",
            told(*GONE, everywhere({PLAN: "one"})),
            'it has "plan.txt"',
            path=PLAN,
            number=0,
            **BY,
        ),
        bad(
            "too late",
            told(*ONE, everywhere({}), wait(500), everywhere({PLAN: "one"})),
            "it has none",
            path=PLAN,
            number=1,
            **BY,
        ),
        good(
            "only Alice is judged",
            told(*ONE, everywhere({PLAN: "one"}, {})),
            path=PLAN,
            number=1,
            device="Alice",
            **BY,
        ),
    ),
    "file_arrived": (
        unknown("empty", empty, "Alice did not write", device="Bob", path=PLAN, author="Alice", **BY),
        good("there", told(*ONE, everywhere({PLAN: "one"})), device="Bob", path=PLAN, author="Alice", **BY),
        bad(
            "not there",
            told(*ONE, everywhere({PLAN: "one"}, {})),
            "it has none",
            device="Bob",
            path=PLAN,
            author="Alice",
            **BY,
        ),
        bad(
            "the one before",
            told(writes("Alice", "one"), writes("Alice", "two"), everywhere({PLAN: "one"})),
            "another version",
            device="Bob",
            path=PLAN,
            author="Alice",
            **BY,
        ),
        bad(
            "too late",
            told(*ONE, everywhere({}), wait(500), everywhere({PLAN: "one"})),
            device="Bob",
            path=PLAN,
            author="Alice",
            **BY,
        ),
        unknown("nobody looked", told(*ONE), device="Bob", path=PLAN, author="Alice", **BY),
        unknown(
            "somebody else's",
            told(*ONE, everywhere({PLAN: "one"})),
            device="Bob",
            path=PLAN,
            author="Bob",
            **BY,
        ),
    ),
}

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "same_folders": (
        ("last_look(history)", "at_deadline(history, 1 << 62)"),
        ('unlooked(history, folders)\n    return judge("same', '[]\n    return judge("same'),
        ("unknown = unlooked(history, folders)", "unknown = unlooked(history, folders, device)"),
    ),
    "equal_folders": (
        ("differences(folders)\n", "()\n"),
        ("].t_ns > deadline", "].t_ns > 1 << 62"),
        ("if lacking and not faults", "if False"),
        ("lacking, passed, unlooked(history, folders)", "lacking, passed"),
        (
            "lacking, passed, unlooked(history, folders)",
            "lacking, passed, unlooked(history, folders, device)",
        ),
        ("for name in history.devices\n        for op_id", "for name in ()\n        for op_id"),
    ),
    "file_versions": (
        ("len(found) != number", "len(found) > number"),
        ("(number > 0) != (path in folder.files)", "False"),
        (
            "at_deadline(history, due(history, asked_ns, within_ns)), Versions",
            "last_look(history), Versions",
        ),
        ("passed, unlooked(history, folders, device))\n\n\ndef file_arr", "passed)\n\n\ndef file_arr"),
    ),
    "file_arrived": (("made[-1].file", "made[0].file"), ("each.author == author and", "")),
}

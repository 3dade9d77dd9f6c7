"""How often changes fail, messages are lost and conflicts are left to people, and how many of them prove that."""

from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.checker_cases.of_file_spread import counts, gives, named
from tests.unit.evidence.file_stories import BY, TWO, Act, everybody, everywhere, writes
from tests.unit.evidence.histories import Story

from syncproof.evidence.records import Deliver

#: A half: so rare that five of five are one chance of 32.
HALF: dict[str, Any] = {"most": 0.5}
FAILED: dict[str, Any] = HALF | BY
SIX = ("Alice", "Bob", "Carol", "Dave", "Erin", "Frank")


def many(number: int, author: str = "Alice") -> tuple[Act, ...]:
    return tuple(writes(author, f"{author} {each}", f"{each}.txt") for each in range(number))


def again(story: Story) -> None:
    """Bob gets once more what he got last."""
    last = [line for line in story.lines if isinstance(line, Deliver) and line.device == "Bob"][-1]
    fields = {name: getattr(last, name) for name in last.__struct_fields__ if name not in ("i", "t_ns", "n")}
    story.add(Deliver, n=last.n + 1, **fields)


def alike(*authors: str, path: str = "plan.txt") -> tuple[Act, ...]:
    """All write the same and know nothing of each other."""
    return tuple(writes(author, "one", path) for author in authors)


def said(number: int) -> tuple[Act, ...]:
    """So much that Alice said comes to Bob."""
    return tuple(gives("Alice", "Bob", f"b{each}") for each in range(number))


def counted(**numbers: int) -> tuple[Act, ...]:
    """Each of these says how much it has said so far."""
    return tuple(counts(name, messagesSent=number) for name, number in numbers.items())


def between(number: int, *acts: Act) -> tuple[Act, ...]:
    """Alice says that she said so much meanwhile, beside three before, and Bob that he said nothing."""
    return named, *counted(Alice=3, Bob=1), *acts, *counted(Alice=3 + number, Bob=1)


CASES: dict[str, tuple[Case, ...]] = {
    "few_changes_failed": (
        unknown("empty", empty, "there was none", **FAILED),
        unknown("nobody else", told(*many(9), everybody(), devices=("Alice",)), "there was none", **FAILED),
        good(
            "enough",
            told(*many(5), everybody()),
            "5 changes for others, 0 of them failed",
            "which proves at most 50%",
            **FAILED,
        ),
        unknown(
            "too few",
            told(*many(4), everybody()),
            "4 changes for others, 0 of them failed",
            "a sample too small to prove 50%, which takes 5",
            **FAILED,
        ),
        good(
            "each is one for each other",
            told(*many(2), everybody(), devices=SIX),
            "10 changes",
            **FAILED,
        ),
        good(
            "one of eight",
            told(*many(7), everybody(), *many(1)),
            "8 changes for others, 1 of them failed",
            **FAILED,
        ),
        unknown("one of seven", told(*many(6), everybody(), *many(1)), "too small to prove", **FAILED),
        unknown("half of them", told(*many(4), everybody(), *many(4)), "8 changes", **FAILED),
        bad(
            "more than half",
            told(*many(3), everybody(), *many(4)),
            "expected at most 50%: 7 changes for others, 4 of them failed",
            witness=("a4", "a5", "a6", "a7"),
            **FAILED,
        ),
        bad(
            "too late",
            told(*many(5), wait(500), everybody()),
            "5 changes for others, 5 of them failed",
            **FAILED,
        ),
        bad(
            "twice",
            told(*many(5), everybody(), again),
            "5 changes for others, 1 of them failed",
            witness=("a5",),
            most=0.1,
            **BY,
        ),
        good(
            "only Bob is judged",
            told(*many(5), everybody("Bob"), devices=("Alice", "Bob", "Carol")),
            device="Bob",
            **FAILED,
        ),
    ),
    "few_messages_lost": (
        unknown("empty", empty, "nobody knows from whom", **HALF),
        unknown("nobody counts", told(named, *said(5)), "Alice and Bob did not count", **HALF),
        unknown(
            "Bob does not count",
            told(named, *counted(Alice=0), *said(5), *counted(Alice=5)),
            "Bob did not",
            **HALF,
        ),
        unknown(
            "asked once", told(named, *said(5), *counted(Alice=5, Bob=0)), "Alice and Bob did not", **HALF
        ),
        unknown(
            "names are not known",
            told(*counted(Alice=0, Bob=0), *said(5), *counted(Alice=5, Bob=0)),
            "nobody knows from whom",
            **HALF,
        ),
        good("enough", told(*between(5, *said(5))), "5 messages, 0 of them lost", **HALF),
        good("what came before does not count", told(*said(9), *between(5, *said(5))), "5 messages", **HALF),
        good(
            "asked in between",
            told(
                named,
                *counted(Alice=0, Bob=0),
                *said(4),
                *counted(Alice=4, Bob=0),
                *said(1),
                *counted(Alice=5),
            ),
            "5 messages, 0 of them lost",
            **HALF,
        ),
        unknown(
            "too few",
            told(*between(4, *said(4))),
            "4 messages, 0 of them lost",
            "too small to prove 50%",
            **HALF,
        ),
        good("one of eight", told(*between(8, *said(7))), "8 messages, 1 of them lost", **HALF),
        bad(
            "most of them",
            told(*between(7, *said(3))),
            "expected at most 50%: 7 messages, 4 of them lost",
            **HALF,
        ),
        unknown("more than were sent", told(*between(5, *said(6))), "Alice did not count", **HALF),
        bad(
            "only Alice is judged",
            told(named, *counted(Alice=0), *said(3), *counted(Alice=7)),
            "7 messages, 4 of them lost",
            device="Alice",
            **HALF,
        ),
        good(
            "what Bob said is not judged",
            told(named, *counted(Alice=0, Bob=0), *said(5), *counted(Alice=5, Bob=9)),
            device="Alice",
            **HALF,
        ),
    ),
    "few_conflicts_left": (
        unknown("empty", empty, "there was none", **HALF),
        unknown("nobody looked", told(*alike(*SIX), everybody(), devices=SIX), "nobody looked", **HALF),
        unknown(
            "no conflict",
            told(*TWO, everywhere({"plan.txt": "two"})),
            "there was none",
            **HALF,
        ),
        good(
            "settled",
            told(*alike(*SIX), everybody(), everywhere(*[{"plan.txt": "one"}] * 6), devices=SIX),
            "5 conflicts, 0 of them left to people, which proves at most 50%",
            **HALF,
        ),
        unknown(
            "too few",
            told(*alike(*SIX[:5]), everybody(), everywhere(*[{"plan.txt": "one"}] * 5), devices=SIX[:5]),
            "4 conflicts, 0 of them left to people",
            "a sample too small to prove 50%",
            **HALF,
        ),
        bad(
            "left to people",
            told(
                writes("Alice", "one"),
                writes("Bob", "two"),
                everybody(),
                everywhere({"plan.txt": "two", "plan (conflict a).txt": "one"}),
            ),
            "expected at most 50%: 1 conflict, 1 of them left to people",
            witness=("b1",),
            **HALF,
        ),
        bad(
            "on one device",
            told(
                *alike("Alice", "Bob"),
                everybody(),
                everywhere({"plan.txt": "one"}, {"plan.txt": "one", "plan (conflict a).txt": "x"}),
            ),
            "1 conflict, 1 of them left to people",
            **HALF,
        ),
        unknown(
            "not on the one that is judged",
            told(
                *alike("Alice", "Bob"),
                everybody(),
                everywhere({"plan.txt": "one"}, {"plan.txt": "one", "plan (conflict a).txt": "x"}),
            ),
            "1 conflict, 0 of them left to people",
            device="Alice",
            **HALF,
        ),
        good(
            "beside, and no conflict",
            told(
                *alike(*SIX),
                writes("Alice", "two", "list.txt"),
                everybody(),
                everywhere(*[{"plan.txt": "one", "list.txt": "two", "list (conflict a).txt": "x"}] * 6),
                devices=SIX,
            ),
            "5 conflicts, 0 of them left to people",
            **HALF,
        ),
    ),
}

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "few_changes_failed": (
        ("entry.t_ns <= deadline", "True"),
        ("made.device == name or", ""),
        ("came[op_id] > 1", "False"),
        ("failed > most * number", "failed > 2 * most * number"),
        ("> _CHANCE:", "> 1:"),
        ("if device not in (None, name):\n            continue\n        came", "came"),
    ),
    "few_messages_lost": (
        ("name not in said or said[name][1] < got[name]", "name not in said"),
        ("name not in said or said[name][1] < got[name]", "said.setdefault(name, (0, 0))[1] < got[name]"),
        ('names.get(line.peer, "")', "line.device"),
        (" and line.t_ns > said[giver][0]", ""),
        ("if device in (None, name)]\n    if odd", "]\n    if odd"),
    ),
    "few_conflicts_left": (
        ("not versions.knows(later, earlier)", "True"),
        ("folder.files)) - 1", "folder.files))"),
        ("if met and beside > 0", "if beside > 0"),
        ("if device in (None, name)\n        )", ")"),
    ),
}

"""How often changes fail to arrive, and how many of them prove that."""

from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.file_stories import BY, Act, everybody, writes
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
}

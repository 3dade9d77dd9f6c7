"""Who may read and write which files: what is learnt, and what is taken, that a rule is against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.file_stories import BY, everywhere, lies, looked, writes
from tests.unit.evidence.histories import Story

from syncproof.evidence.records import Note
from syncproof.workloads.files.records import FileAsked, FileState

Act = Callable[[Story], object]
OF: dict[str, Any] = {"who": "Mallory", "path": "secret"}
LIST: dict[str, Any] = {"who": "Mallory", "path": "list.txt", **BY}
SECRET = writes("Bob", "s", "secret/plan.txt")


def learns(*paths: str, who: str = "Mallory") -> Act:
    """It is looked of which files somebody keeps anything."""
    return lambda story: story.add(Note, device=who, what="learnt", fields={"paths": list(paths)})


def shares(digest: str, path: str, who: str = "Mallory") -> Act:
    """A hostile peer writes a file; it is no operation. "": it deletes it."""
    file = FileState(digest=digest) if digest else None
    return lambda story: story.add(
        FileAsked, device=who, op_id=f"m/{path}/{digest}", action="write", path=path, file=file
    )


SHARED = (shares("p", "plan.txt"), shares("l", "list.txt"))
GOOD = {"plan.txt": "a", "list.txt": "l"}
CASES: dict[str, tuple[Case, ...]] = {
    "nothing_learnt": (
        unknown("empty", empty, 'nobody wrote "secret"', **OF),
        unknown("nobody looked", told(SECRET), "nobody has looked at what Mallory has learnt", **OF),
        unknown("nobody looked at her", told(SECRET, learns("list.txt", who="Trudy")), "nobody has looked", **OF),
        unknown("nobody wrote any", told(writes("Bob", "l", "list.txt"), learns("list.txt")), "nobody wrote", **OF),
        unknown("one that is called like it", told(writes("Bob", "s", "secrets"), learns("x")), "nobody wrote", **OF),
        unknown("she wrote it herself", told(shares("s", "secret/plan.txt"), learns("x")), "nobody wrote", **OF),
        good("she has another one", told(SECRET, learns("list.txt")), "has learnt of 1 other file only", **OF),
        bad("she has it", told(SECRET, learns("list.txt", "secret/plan.txt")),
            'Mallory has learnt of "secret/plan.txt"', **OF),
        bad("she has nothing else", told(SECRET, learns("secret/plan.txt")), **OF),
        bad("a file of that name", told(writes("Bob", "s", "secret"), learns("list.txt", "secret")), **OF),
        bad("what was looked at last counts", told(SECRET, learns("list.txt"), learns("secret/plan.txt")), **OF),
        unknown("she has learnt of nothing", told(SECRET, learns()), "has learnt of no other file either", **OF),
        bad("whoever is judged", told(SECRET, learns("secret/plan.txt")), device="Alice", **OF),
    ),
    "nothing_else_taken": (
        unknown("empty", empty, 'Mallory did not write "list.txt" and another file', **LIST),
        unknown("she wrote nothing else", told(shares("l", "list.txt"), everywhere({"list.txt": "l"})), **LIST),
        unknown("she did not write it", told(shares("p", "plan.txt"), everywhere({})), **LIST),
        unknown("she deleted the other one", told(shares("", "plan.txt"), shares("l", "list.txt"),
                everywhere({"list.txt": "l"})), **LIST),
        unknown("somebody else wrote both", told(*(shares(each, f"{each}.txt", "Bob") for each in ("p", "list"))),
                **LIST),
        good("that alone", told(*SHARED, everywhere(GOOD)), "and nothing else that Mallory wrote", **LIST),
        bad("the other one as well", told(*SHARED, everywhere({**GOOD, "plan.txt": "p"})),
            'Alice had what Mallory wrote as "plan.txt", at "plan.txt"', **LIST),
        bad("beside another one", told(*SHARED, everywhere({**GOOD, "plan (conflict m).txt": "p"})), **LIST),
        bad("for a while", told(*SHARED, lies("Bob", {"plan.txt": "p"}), everywhere(GOOD)),
            "Bob had what Mallory wrote", **LIST),
        good("for a while, and Alice is judged", told(*SHARED, lies("Bob", {"plan.txt": "p"}), everywhere(GOOD)),
             device="Alice", **LIST),
        bad("one lacks it", told(*SHARED, everywhere(GOOD, {})), 'expected Bob to have Mallory\'s "list.txt"', **LIST),
        good("one lacks it, and Alice is judged", told(*SHARED, everywhere(GOOD, {})), device="Alice", **LIST),
        bad("an earlier one", told(*SHARED, shares("m", "list.txt"), everywhere(GOOD)), "expected Alice", **LIST),
        good("the last one", told(*SHARED, shares("m", "list.txt"), everywhere({**GOOD, "list.txt": "m"})), **LIST),
        bad("too late", told(*SHARED, everywhere({}), wait(1300), everywhere(GOOD)), **LIST),
        bad("nobody looked at Bob", told(*SHARED, lies("Alice", GOOD), looked("Alice")), "expected Bob", **LIST),
    ),
}  # fmt: skip

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "nothing_learnt": (
        ("line.device != who and ", ""),
        ('line.path == path or line.path.startswith(f"{path}/")', "line.path == path"),
        ('line.path == path or line.path.startswith(f"{path}/")', 'line.path.startswith(f"{path}/")'),
        ('line.path.startswith(f"{path}/")', "line.path.startswith(path)"),
        ("looks[-1]", "looks[0]"),
        ('history.notes("learnt", who)', 'history.notes("learnt")'),
        ("if written >= {*learnt} else", "if False else"),
        ("sorted(written.intersection(learnt))", "()"),
    ),
    "nothing_else_taken": (
        ("history.of(FileAsked, who)", "history.of(FileAsked)"),
        ("not wanted or not others", "not wanted"),
        ("not wanted or not others", "not others"),
        ("[*wanted][-1]", "[*wanted][0]"),
        ("if file.digest in others", "if file.digest in others and lies == others[file.digest]"),
        ("if file.digest in others", "if False"),
        ("history.of(Folder, device)", "history.of(Folder)"),
        ("device in (None, name) and", ""),
        ("shown is None or shown.digest != last", "shown is None"),
        ("shown is None or shown.digest != last", "shown is not None and shown.digest != last"),
        ("at_deadline(history, due(history, asked_ns, within_ns))", "at_deadline(history, 1 << 62)"),
    ),
}

"""What devices leave that share a folder: changes that were asked for, looks at folders, transfers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown, wait
from tests.unit.evidence.histories import MS, Story, exchange

from syncproof.evidence.records import Note
from syncproof.workloads.files.records import FileAsked, FileState, FileTransfer, Folder

Act = Callable[[Story], object]
Files = dict[str, str]

PLAN = "plan.txt"
BY: dict[str, Any] = {"asked_ns": 1000 * MS, "within_ns": 200 * MS}
QUIET: dict[str, Any] = {"quiet_ns": 50 * MS, **BY}


def writes(author: str, digest: str, path: str = PLAN, was: str = "", *, accept: bool = True) -> Act:
    """A user writes a file that says something, or renames one to it; "" deletes it."""

    def act(story: Story) -> None:
        op_id = story.send(author, accept=accept)
        file = FileState(digest=digest) if digest else None
        story.add(FileAsked, device=author, op_id=op_id, action="write", path=path, file=file, was=was)

    return act


def drops(author: str, digest: str, path: str = PLAN) -> Act:
    """A user deletes the one version of a file that says this."""

    def act(story: Story) -> None:
        op_id = story.send(author)
        story.add(FileAsked, device=author, op_id=op_id, action="delete", path=path, drops=digest)

    return act


def everybody(*devices: str) -> Act:
    """These devices get all changes up to here."""

    def act(story: Story) -> None:
        for device in devices or story.devices:
            story.deliver(device)

    return act


def lies(device: str, files: Files, *, mode: int = 0o644, seen: int = 99) -> Act:
    """A device's folder is looked at: what each file says, by path."""
    found = {path: FileState(digest=digest, mode=mode) for path, digest in files.items()}
    return lambda story: story.add(Folder, device=device, files=found, seen=seen)


def looked(*devices: str) -> Act:
    """They were all that could be looked at."""
    return lambda story: story.add(Note, what="folders_looked", fields={"devices": list(devices)})


def everywhere(files: Files, *others: Files) -> Act:
    """At rest the folders have these files; the second device's may have others."""

    def act(story: Story) -> None:
        for device, found in zip(story.devices, (files, *(others or (files,))), strict=False):
            lies(device, found)(story)
        looked(*story.devices)(story)

    return act


def gets(device: str, what: str = "block", digest: str = "b1", count: int = 1) -> Act:
    """A device gets something of another one."""
    return lambda story: story.add(
        FileTransfer, device=device, source=device, peer="x", what=what, digest=digest, count=count, size=9
    )


def look_for_silence(story: Story) -> None:
    """It is looked whether there was silence."""
    story.add(Note, what="quiet_looked")


ONE = (writes("Alice", "one"), everybody())
TWO = (*ONE, writes("Bob", "two"), everybody())
BOTH = (writes("Alice", "one"), writes("Bob", "two"), everybody())
GONE = (*ONE, writes("Bob", ""), everybody())
SIDE = {PLAN: "two", "plan (conflict a).txt": "one"}

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
        good(
            "who is dead is not compared",
            told(*ONE, lies("Bob", {}), lies("Alice", {PLAN: "one"}), looked("Alice")),
            "1 folder",
        ),
        good("they became the same", told(*ONE, everywhere({PLAN: "one"}, {}), everywhere({PLAN: "one"}))),
        good("a third one", told(*ONE, everywhere({PLAN: "one"}, {PLAN: "x"})), device="Carol"),
    ),
    "whole_files": (
        unknown("empty", empty, "the history is empty"),
        good("whole", told(*ONE, everywhere({PLAN: "one"})), "2 looks at files"),
        good("beside it", told(*BOTH, everywhere(SIDE))),
        bad(
            "a part",
            told(*ONE, everywhere({PLAN: "on"})),
            'Alice has "plan.txt" with something that nobody wrote',
        ),
        bad("a part for a moment", told(*ONE, lies("Bob", {PLAN: "on"}), everywhere({PLAN: "one"}))),
        bad("elsewhere", told(*ONE, everywhere({"x.txt": "one"})), 'with what belongs to "plan.txt"'),
        bad("in another folder", told(*ONE, everywhere({"docs/plan.txt": "one"}))),
        good("only Alice is judged", told(*ONE, lies("Bob", {PLAN: "on"})), device="Alice"),
    ),
    "no_lost_update": (
        unknown("empty", empty, "the history is empty"),
        good("no files", exchange, "0 files"),
        good("the only one", told(*ONE, everywhere({PLAN: "one"}))),
        good("the later one", told(*TWO, everywhere({PLAN: "two"}))),
        bad("the earlier one", told(*TWO, everywhere({PLAN: "one"})), "lacks Bob #1", "was replaced"),
        bad(
            "the earlier one shown",
            told(*TWO, everywhere({PLAN: "one", "plan 2.txt": "two"})),
            "was replaced",
        ),
        bad(
            "none",
            told(*ONE, everywhere({})),
            'Alice lacks Alice #1 of "plan.txt", which nothing has replaced',
        ),
        good("both are kept", told(*BOTH, everywhere(SIDE))),
        bad("one of both", told(*BOTH, everywhere({PLAN: "two"})), "lacks Alice #1"),
        good(
            "an edit and a deletion",
            told(writes("Alice", "one"), writes("Bob", ""), everybody(), everywhere({PLAN: "one"})),
        ),
        good("deleted", told(*GONE, everywhere({}))),
        good(
            "its author's own later one",
            told(writes("Alice", "one"), writes("Alice", "two"), everybody(), everywhere({PLAN: "two"})),
        ),
        good("not taken", told(writes("Alice", "one", accept=False), everybody(), everywhere({}))),
        good(
            "renamed",
            told(*ONE, writes("Bob", "one", "new.txt", PLAN), everybody(), everywhere({"new.txt": "one"})),
        ),
        bad(
            "renamed and lost", told(*ONE, writes("Bob", "one", "new.txt", PLAN), everybody(), everywhere({}))
        ),
        good(
            "one of both was dropped",
            told(*BOTH, drops("Bob", "one"), everybody(), everywhere({PLAN: "two"})),
        ),
        bad(
            "the other one was dropped",
            told(*BOTH, drops("Bob", "two"), everybody(), everywhere({PLAN: "two"})),
        ),
        bad(
            "dropped by who did not know it",
            told(writes("Alice", "one"), drops("Bob", "one"), everybody(), everywhere({})),
            "lacks Alice #1",
        ),
        good("only Alice is judged", told(*ONE, everywhere({PLAN: "one"}, {})), device="Alice"),
    ),
    "no_resurrection": (
        unknown("empty", empty, "the history is empty"),
        good("no deletion", told(*ONE, everywhere({PLAN: "one"})), "0 looks"),
        good("gone", told(*GONE, everywhere({}))),
        bad("back", told(*GONE, everywhere({PLAN: "one"})), 'has "plan.txt", which was deleted'),
        bad("back for a moment", told(*GONE, lies("Alice", {PLAN: "one"}), everywhere({}))),
        good("not yet deleted there", told(*GONE, lies("Alice", {PLAN: "one"}, seen=1), everywhere({}))),
        good("written anew", told(*GONE, writes("Alice", "two"), everybody(), everywhere({PLAN: "two"}))),
        good(
            "written anew as it was",
            told(*GONE, writes("Alice", "one"), everybody(), everywhere({PLAN: "one"})),
        ),
        good(
            "a concurrent version",
            told(writes("Alice", "one"), writes("Bob", ""), everybody(), everywhere({PLAN: "one"})),
        ),
        bad(
            "renamed and back",
            told(
                *ONE,
                writes("Bob", "one", "new.txt", PLAN),
                everybody(),
                everywhere({PLAN: "one", "new.txt": "one"}),
            ),
        ),
        good("only Alice is judged", told(*GONE, lies("Bob", {PLAN: "one"})), device="Alice"),
    ),
    "equal_folders": (
        unknown("empty", empty, "no two folders", **BY),
        unknown("nobody asked for anything", told(everywhere({})), "no two folders", **BY),
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
            told(*ONE, lies("Bob", {}), wait(500), lies("Bob", {PLAN: "one"})),
            device="Bob",
            path=PLAN,
            author="Alice",
            **BY,
        ),
        bad("nobody looked", told(*ONE), device="Bob", path=PLAN, author="Alice", **BY),
        unknown("somebody else's", told(*ONE), device="Bob", path=PLAN, author="Bob", **BY),
    ),
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
            "told of 2 changes",
            most=1,
        ),
        bad("told of two", told(*ONE, gets("Bob", "ops", "", 2)), most=1),
        bad("told of its own", told(*ONE, gets("Alice", "ops", "")), "others made 0", most=1),
        good("only Alice is judged", told(*ONE, gets("Bob"), gets("Bob")), most=1, device="Alice"),
    ),
    "quiescence": (
        unknown("empty", empty, "nobody looked", **QUIET),
        unknown("nobody looked", told(*ONE), "nobody looked", **QUIET),
        unknown("nothing was asked for", told(look_for_silence), **QUIET),
        good("silence", told(*ONE, gets("Bob"), wait(60), look_for_silence), "for 0.05 s", **QUIET),
        bad(
            "a transfer",
            told(*ONE, wait(60), gets("Bob"), look_for_silence),
            "Bob still got something",
            **QUIET,
        ),
        bad("a change", told(writes("Alice", "one"), wait(60), everybody("Bob"), look_for_silence), **QUIET),
        good(
            "only Alice is judged",
            told(*ONE, wait(60), gets("Bob"), look_for_silence),
            device="Alice",
            **QUIET,
        ),
    ),
}

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "same_folders": (("last_look(history)", "at_deadline(history, 1 << 62)"),),
    "whole_files": (
        ("path == each or beside(each, path)", "path == each"),
        ("if asked.file is not None", "if False"),
        ("history.of(Folder, device):", "last_look(history).values():"),
    ),
    "no_lost_update": (
        ("each.file is not None and each.taken and", "each.file is not None and"),
        ("and digests and shown.digest not in digests", "and False"),
        ("each.file.digest not in there", "False"),
    ),
    "no_resurrection": (
        ("deletion.op_id in has and", ""),
        ("shown.digest in before", "True"),
        ("[: folder.seen]", ""),
        ("each.file and not versions.knows(deletion, each)}", "False}"),
    ),
    "equal_folders": (
        ("differences(folders)\n", "()\n"),
        ("].t_ns > deadline", "].t_ns > 1 << 62"),
        ("if lacking and not faults", "if False"),
    ),
    "file_versions": (
        ("len(found) != number", "len(found) > number"),
        ("(number > 0) != (path in folder.files)", "False"),
        (
            "at_deadline(history, due(history, asked_ns, within_ns))\n    if path",
            "last_look(history)\n    if path",
        ),
    ),
    "file_arrived": (("made[-1].file", "made[0].file"), ("each.author == author and", "")),
    "bounded_transfers": (
        ("times > most", "times > most + 1"),
        ("changes > most * made", "changes > most * (made + 1)"),
        ("line.count for line", "1 for line"),
    ),
    "quiescence": (
        ("busy += [entry", "[entry"),
        ("< quiet_ns", "< 0"),
    ),
}

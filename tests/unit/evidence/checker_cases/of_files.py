"""Files in folders: whole, none lost, none back."""

from __future__ import annotations

from collections.abc import Callable

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.file_stories import (
    BOTH,
    COPY,
    GONE,
    ONE,
    PLAN,
    SIDE,
    TWO,
    Act,
    drops,
    everybody,
    everywhere,
    lies,
    looked,
    loses_all,
    takes_part,
    votes,
    writes,
)
from tests.unit.evidence.histories import Story, exchange


def chosen(*acts: Act, both: bool = False) -> Callable[[], Story]:
    """Of three devices two write a version, and some vote: Alice's is in all folders. both: so is Bob's."""
    files = {PLAN: "one", COPY: "two"} if both else {PLAN: "one"}
    return told(*BOTH, *acts, everybody(), everywhere(files, files, files), devices=("Alice", "Bob", "Carol"))


CASES: dict[str, tuple[Case, ...]] = {
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
        bad(
            "in another file that is called nearly so",
            told(writes("Alice", "one", "file 1.txt"), everybody(), everywhere({"file 10.txt": "one"})),
            'what belongs to "file 1.txt"',
        ),
        good("beside it by a longer name", told(*BOTH, everywhere({PLAN: "two", "plan.txt.orig": "one"}))),
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
            "the earlier one beside it",
            told(*TWO, everywhere(SIDE)),
            'Alice has a version of "plan.txt" that was replaced, at "plan (conflict a).txt"',
        ),
        good(
            "another file that is called nearly so",
            told(
                *ONE,
                writes("Bob", "x", "planning.txt"),
                everybody(),
                everywhere({PLAN: "one", "planning.txt": "x"}),
            ),
        ),
        good(
            "another file that is called like a copy",
            told(
                *ONE,
                writes("Bob", "x", "plan 2.txt"),
                everybody(),
                everywhere({PLAN: "one", "plan 2.txt": "x"}),
            ),
        ),
        bad(
            "in another file that is called nearly so",
            told(writes("Alice", "one", "file 1.txt"), everybody(), everywhere({"file 10.txt": "one"})),
            "lacks Alice #1",
        ),
        good(
            "an edit replaces the one that was shown",
            told(
                *BOTH,
                writes("Bob", "three", found="two one"),
                everybody(),
                everywhere({PLAN: "three", COPY: "one"}),
            ),
        ),
        bad(
            "an edit takes the copy away too",
            told(*BOTH, writes("Bob", "three", found="two one"), everybody(), everywhere({PLAN: "three"})),
            "lacks Alice #1",
        ),
        bad(
            "an edit leaves what it replaced",
            told(
                *BOTH,
                writes("Bob", "three", found="two one"),
                everybody(),
                everywhere({PLAN: "three", COPY: "two"}),
            ),
            "was replaced",
        ),
        good(
            "nobody looked what was shown: the copy may be gone",
            told(*BOTH, writes("Bob", "three"), everybody(), everywhere({PLAN: "three"})),
        ),
        good(
            "nobody looked what was shown: the copy may be there",
            told(*BOTH, writes("Bob", "three"), everybody(), everywhere({PLAN: "three", COPY: "one"})),
        ),
        good(
            "another version came after the look",
            told(
                *BOTH,
                writes("Bob", "three", found="one"),
                everybody(),
                everywhere({PLAN: "three", COPY: "one"}),
            ),
        ),
        bad(
            "deleted, and the copy with it",
            told(*BOTH, writes("Bob", "", found="two one"), everybody(), everywhere({})),
            "lacks Alice #1",
        ),
        good(
            "an edit that was not taken",
            told(*ONE, writes("Alice", "two", accept=False), everywhere({PLAN: "one"})),
        ),
        good(
            "an edit that was not taken took place",
            told(*ONE, writes("Alice", "two", accept=False), everywhere({PLAN: "two"})),
        ),
        unknown("nobody looked", told(*ONE), "nobody looked at Alice's folder"),
        unknown("nobody looked at Bob's", told(*ONE, lies("Alice", {PLAN: "one"}), looked("Alice"))),
        good(
            "nobody looked at Bob's, and Alice is judged",
            told(*ONE, lies("Alice", {PLAN: "one"}), looked("Alice")),
            device="Alice",
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
        good(
            "a reinstalled device did not know its own",
            told(*ONE, loses_all("Alice"), writes("Alice", "two"), everybody(), everywhere(SIDE)),
        ),
        bad(
            "a reinstalled device did not know its own, which is gone",
            told(*ONE, loses_all("Alice"), writes("Alice", "two"), everybody(), everywhere({PLAN: "two"})),
            "lacks Alice #1",
        ),
        good(
            "a reinstalled device had got its own back",
            told(
                *ONE,
                loses_all("Alice"),
                everybody("Alice"),
                writes("Alice", "two"),
                everybody(),
                everywhere({PLAN: "two"}),
            ),
        ),
        good("most were for it", chosen(votes("Alice", "one"), votes("Bob", "one"))),
        good("both, though most were for one", chosen(votes("Alice", "one"), both=True)),
        bad("one vote is not most", chosen(votes("Alice", "one")), "lacks Bob #1"),
        bad(
            "two votes of four members, one of whom is hostile",
            chosen(takes_part(), votes("Alice", "one"), votes("Bob", "one")),
            "lacks Bob #1",
        ),
        bad("two votes of one device", chosen(votes("Alice", "one"), votes("Alice", "one")), "lacks Bob #1"),
        bad("each for another one", chosen(votes("Alice", "one"), votes("Bob", "two")), "lacks Bob #1"),
        bad(
            "most were for the other one",
            chosen(votes("Alice", "two"), votes("Bob", "two")),
            "lacks Bob #1",
            "was replaced",
        ),
        bad(
            "the other one stays though most were for one",
            chosen(votes("Alice", "one"), votes("Bob", "one"), both=True),
            "was replaced",
        ),
        bad(
            "most were for one of other versions",
            chosen(votes("Alice", "one", "one x"), votes("Bob", "one", "one x")),
            "lacks Bob #1",
        ),
        good(
            "the vote that decides was perhaps not taken",
            chosen(votes("Alice", "one"), votes("Bob", "one", accept=False)),
        ),
        good(
            "the vote that decides was perhaps taken",
            chosen(votes("Alice", "one"), votes("Bob", "one", accept=False), both=True),
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
        bad(
            "back beside it",
            told(*GONE, everywhere({COPY: "one"})),
            'has "plan (conflict a).txt", which was deleted',
        ),
        good(
            "the copy takes its name",
            told(*BOTH, writes("Bob", "", found="two one"), everybody(), everywhere({PLAN: "one"})),
        ),
        bad(
            "the one that was shown is back",
            told(*BOTH, writes("Bob", "", found="two one"), everybody(), everywhere({PLAN: "two"})),
        ),
        good(
            "nobody looked which one was shown",
            told(*BOTH, writes("Bob", ""), everybody(), everywhere({PLAN: "two"})),
        ),
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
}

MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "whole_files": (
        ("beside(each, path)", "path == each"),
        ("if asked.file is not None", "if False"),
        ("history.of(Folder, device):", "last_look(history).values():"),
    ),
    "no_lost_update": (
        ("if each.taken and", "if"),
        ("if file.digest not in current", "if False"),
        ("if file.digest not in current", "if lies == path and file.digest not in current"),
        ("each.file.digest not in digests", "False"),
        (", surely=True", ""),
        ("passed, unlooked(history, folders, device))\n\n\ndef no_res", "passed)\n\n\ndef no_res"),
    ),
    "no_resurrection": (
        ("if deletion.op_id not in has", "if False"),
        ("if file.digest in before", "if True"),
        ("[: folder.seen]", ""),
        ("each not in ended}", "False}"),
        (
            "versions.lying(path, folder.files).items():\n                if file.d",
            "folder.files.items():\n                if lies == path and file.d",
        ),
    ),
}

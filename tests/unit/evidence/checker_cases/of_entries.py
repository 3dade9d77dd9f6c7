from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import Case, Mutant, bad, empty, exchange_of, good, unknown, wait
from tests.unit.evidence.entry_stories import EntryStory, written
from tests.unit.evidence.histories import MS, change

from syncproof.evidence.records import Deliver, Note, Sibling

Act = Callable[[EntryStory], object]
AT_REST: dict[str, Any] = {"entry": "page", "devices": ["Alice", "Bob"]}
BY: dict[str, Any] = {**AT_REST, "asked_ns": 1000 * MS, "within_ns": 100 * MS}


def _writes(author: str, text: str, **fields: Any) -> Act:
    return lambda story: story.write(author, text, **fields)


def _looks(device: str = "", **fields: Any) -> Act:
    return lambda story: [story.look(name, **fields) for name in story.devices if device in ("", name)]


def _everywhere(story: EntryStory) -> None:
    story.everywhere()


TORN = (_writes("Alice", "eggs"), _writes("Bob", "bread"), _everywhere)
RESOLVED = (*TORN, _writes("Alice", "both", kind="resolve"), _everywhere)
NOTHING = {"siblings": (), "winner": None}
TWO: dict[str, Any] = {**BY, "texts": ["eggs", "bread"]}
KEPT = (
    unknown("empty", empty, 'nobody wrote into entry "page"', **TWO),
    unknown("messages only", exchange_of(2), **TWO),
    good("both", written(*TORN, _looks()), "Alice and Bob: Alice holds", **TWO),
    bad("one of them", written(_writes("Alice", "eggs"), _everywhere, _looks()),
        'to keep both "eggs" and "bread" in entry "page" within 0.1', 'Bob holds "eggs" {Alice: 1} (shown)', **TWO),
    bad("one device not", written(*TORN, _looks("Alice"), _looks("Bob", **NOTHING)), "Bob has nothing of it", **TWO),
    bad("not asked", written(*TORN, _looks("Alice")), "Bob has nothing of it", **TWO),
    good("and another entry", written(*TORN, _looks(), _writes("Bob", "x", entry="p"), _looks(entry="p")), **TWO),
    bad("too late", written(*TORN, wait(101), _looks()), **TWO),
    bad("no more", written(*TORN, _looks(), _writes("Alice", "both", kind="resolve"), _everywhere, _looks()), **TWO),
    bad("one is deleted", written(_writes("Alice", "eggs"), _everywhere, _writes("Bob", "bread", base=()),
        _writes("Alice", "eggs", kind="delete"), _everywhere, _looks()), "a deletion", **TWO),
)  # fmt: skip
BOTH: dict[str, Any] = {**BY, "text": "both"}
SHOWN = (
    unknown("empty", empty, 'nobody wrote into entry "page"', **BOTH),
    good("shown", written(*RESOLVED, _looks()), 'Bob holds "both"', **BOTH),
    bad("another", written(*TORN, _looks()), 'to show "both" in entry "page" within 0.1', **BOTH),
    bad("held, another shown", written(*RESOLVED, _looks(winner="1")), **BOTH),
    bad("none shown", written(*RESOLVED, _looks(winner=None)), **BOTH),
    bad("too late", written(*RESOLVED, wait(101), _looks()), **BOTH),
    bad("one does not", written(*RESOLVED, _looks("Alice"), _looks("Bob", **NOTHING)), **BOTH),
)
WINNER = (
    unknown("empty", empty, 'nobody wrote into entry "page"', **AT_REST),
    good("the same", written(*TORN, _looks()), **AT_REST),
    bad(
        "another",
        written(*TORN, _looks("Alice"), _looks("Bob", winner="1")),
        "show the same version",
        **AT_REST,
    ),
    bad("none", written(*TORN, _looks(winner=None)), **AT_REST),
    bad("one shows none", written(*TORN, _looks("Alice"), _looks("Bob", **NOTHING)), **AT_REST),
    bad("one was not asked", written(*TORN, _looks("Alice")), **AT_REST),
    good("it is the last answer that counts", written(*TORN, _looks(winner="1"), _looks()), **AT_REST),
)
CONFLICT = (
    unknown("empty", empty, 'nobody wrote into entry "page"', **AT_REST),
    good("resolved", written(*RESOLVED, _looks()), **AT_REST),
    bad("torn", written(*TORN, _looks()), 'to have no conflict in entry "page"', **AT_REST),
    bad("torn on one", written(*TORN, _looks("Alice"), *RESOLVED[3:], _looks("Bob")), **AT_REST),
    good("a deletion beside an edit", written(_writes("Alice", "eggs"), _everywhere, _writes("Bob", "bread"),
         _writes("Alice", "", kind="delete"), _everywhere, _looks()), **AT_REST),
    good("the same twice", written(_writes("Alice", "eggs"), _writes("Bob", "eggs"), _everywhere, _looks()), **AT_REST),
    good("a version that nobody wrote", written(_writes("Alice", "eggs"), _everywhere,
         _looks(siblings=(Sibling(version="1", digest="x"), Sibling(version="9", digest="y")))), **AT_REST),
)  # fmt: skip
CLOCK: dict[str, Any] = {**AT_REST, "clock": {"Alice": 2, "Bob": 1}}
CLOCKS = (
    unknown("empty", empty, 'nobody wrote into entry "page"', **CLOCK),
    good("that", written(*RESOLVED, _looks()), **CLOCK),
    bad(
        "another",
        written(*TORN, _looks()),
        'vector clock of entry "page" to be {Alice: 2, Bob: 1} on Alice and',
        **CLOCK,
    ),
    bad("that of one that is not shown", written(*RESOLVED, _looks(winner="1")), **CLOCK),
    bad("none on one", written(*RESOLVED, _looks("Alice"), _looks("Bob", **NOTHING)), **CLOCK),
)
LOGS = (
    unknown("empty", empty, 'nobody wrote into entry "page"', **AT_REST),
    good("all", written(*RESOLVED), "Alice and Bob have all 3 versions", **AT_REST),
    bad("one lacks two", written(*TORN, *RESOLVED[3:4], _writes("Bob", "x", base=()), lambda s: s.deliver("Alice")),
        "expected Bob to have all 4 versions", "it has not version 3, 4", witness=("a2", "b2"), **AT_REST),
    bad("the other lacks one", written(_writes("Alice", "a"), lambda s: s.deliver("Bob")), "Alice to have", **AT_REST),
)  # fmt: skip


def _figure(device: str, value: float | None) -> Act:
    return lambda story: story.add(Note, device=device, what="conflicts_created", fields={"value": value})


ONE: dict[str, Any] = {"devices": ["Alice", "Bob"], "count": 1}
CREATED = (
    unknown("empty", empty, "nobody was asked for conflictsCreated", **ONE),
    good(
        "one each",
        written(_figure("Alice", 1), _figure("Bob", 1)),
        "conflictsCreated is 1 on Alice and Bob",
        **ONE,
    ),
    bad("another", written(_figure("Alice", 1), _figure("Bob", 0)), "Alice has 1, Bob has 0", **ONE),
    bad("more", written(_figure("Alice", 2), _figure("Bob", 1)), **ONE),
    bad("none", written(_figure("Alice", 1), _figure("Bob", None)), "Bob has none", **ONE),
    bad("not asked", written(_figure("Alice", 1)), **ONE),
    good("the last one counts", written(_figure("Alice", 0), _figure("Alice", 1), _figure("Bob", 1)), **ONE),
)
PAIR: dict[str, Any] = {"entry": "page", "one": "eggs", "other": "bread"}


def _tells_no_clock(story: EntryStory) -> None:
    story.lines = change(story.lines, lambda line: isinstance(line, Deliver), clock=None)


CONCURRENT = (
    unknown("empty", empty, 'nobody wrote into entry "page"', **PAIR),
    good("concurrent", written(*TORN), **PAIR),
    bad("one behind the other", written(_writes("Alice", "eggs"), _everywhere, _writes("Bob", "bread"), _everywhere),
        'by the clocks in Alice\'s log, {Alice: 1} of "eggs" is before {Alice: 1, Bob: 1} of "bread"', **PAIR),
    unknown("one has not got it", written(*TORN[:2], lambda s: s.deliver("Alice")), "Bob tells no", **PAIR),
    unknown("no clock", written(*TORN, _tells_no_clock), "Alice tells no vector clock", **PAIR),
    unknown("nobody said that", written(_writes("Alice", "eggs"), _everywhere), **PAIR),
    good("one is not judged", written(*TORN[:2], lambda s: s.deliver("Alice")), **PAIR, device="Alice"),
)  # fmt: skip
OVER: dict[str, Any] = {"entry": "page", "text": "both", "others": ["eggs", "bread"]}
DOMINATES = (
    unknown("empty", empty, 'nobody wrote into entry "page"', **OVER),
    good("both", written(*RESOLVED), **OVER),
    bad("one only", written(*TORN, _writes("Alice", "both", base=("1",)), _everywhere),
        'expected "both" to dominate "eggs" and "bread"', "is concurrent with {Bob: 1}", **OVER),
    unknown("not there", written(*TORN), **OVER),
)  # fmt: skip
CASES: dict[str, tuple[Case, ...]] = {
    "kept_versions": KEPT,
    "shown_version": SHOWN,
    "same_winner": WINNER,
    "no_conflict": CONFLICT,
    "entry_clock": CLOCKS,
    "versions_in_log": LOGS,
    "conflicts_created": CREATED,
    "concurrent": CONCURRENT,
    "dominates": DOMINATES,
}
MUTANTS: dict[str, tuple[Mutant, ...]] = {
    "kept_versions": (
        ("and view.t_ns <= deadline)", ")"),
        ("if not set(texts) <= set(", "if not set(texts) & set("),
        ("view.entry == entry and", ""),
        ('[f"{expected}; {seen}"] if list(wrong) else []', "[]"),
    ),
    "shown_version": (
        ("deadline) != text]", "deadline) is None]"),
        ("view.winner) if view and view.winner else None", "view.siblings[0].version) if view else None"),
    ),
    "same_winner": (("if len(winners) > 1 or", "if"), ("or None in winners", "")),
    "no_conflict": (
        ("entry))) > 1]", "entry))) > 2]"),
        ("len(set(_held(", "len(list(_held("),
        ("if view and not each.deleted)", "if view)"),
    ),
    "entry_clock": (
        (" != clock]", " is None]"),
        ("if each.version == view.winner] if view else []", "] if view else []"),
    ),
    "versions_in_log": (
        ("if write.op_id not in delivered]", "if False]"),
        ("        if missing:", "        if False:"),
    ),
    "conflicts_created": (
        ("if not figures:", "if False:"),
        ("if any(figures.get(name) != count", "if all(figures.get(name) != count"),
    ),
    "concurrent": (
        ("if relation != wanted:", "if False:"),
        ("if write.text == text]", "]"),
        ("if device in (None, name)]", "]"),
        ("if None in (*firsts, *seconds) or not (firsts and seconds):", "if False:"),
        ("if None in (*firsts, *seconds) or not", "if not"),
        ("or not (firsts and seconds):", ":"),
    ),
    "dominates": (
        ('for other in others], "after"', 'for other in others[:1]], "after"'),
        ('"after", expected', '"before", expected'),
    ),
}

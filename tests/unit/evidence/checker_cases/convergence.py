from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from tests.unit.evidence.checker_cases.case import (
    Mutant,
    bad,
    empty,
    good,
    heard_another,
    is_a,
    lines,
    repeated,
    restarted,
    swapped,
    told,
    unknown,
)
from tests.unit.evidence.entry_stories import EntryStory, conflict, edited_apart, written
from tests.unit.evidence.histories import Story, change, delivery, drop, exchange

from syncproof.evidence.lines import Line
from syncproof.evidence.records import Deliver, Entry, Member, Note, Sibling


def _one_ahead(story: Story) -> None:
    story.send("Alice")
    story.send("Bob")
    story.deliver("Alice")
    story.deliver("Bob", 1)


def _two_groups(story: Story) -> None:
    """Alice is in both, Bob in one, Carol in the other."""
    story.send("Alice")
    story.deliver("Alice")
    story.deliver("Bob")
    story.add(Member, device="Alice", group="other")
    story.add(Member, device="Carol", group="other")
    story.add(Note, device="Carol", incarnation=1, what="deliveries_read", fields={"total": 1})
    for device, n in (("Alice", 2), ("Carol", 1)):
        story.add(
            Deliver, device=device, incarnation=1, n=n, op_id="x1", group="other", kind="append", author="Alice",
            version="1", server_order=1, digest="d", size=1, path="live",
        )  # fmt: skip


def _in_group(group: str, found: list[Line]) -> list[Line]:
    """The same, said in another group."""
    return change(found, lambda line: hasattr(line, "group"), group=group)


HERS = Sibling(version="2", digest="d-a2", clock={"Alice": 2})
HIS = Sibling(version="3", digest="d-b1", clock={"Alice": 1, "Bob": 1})


def conflict_then(**answer: Any) -> Callable[[], EntryStory]:
    """All hold both; then Bob answers something else."""
    return written(edited_apart, EntryStory.look_everywhere, lambda s: s.look("Bob", **answer))


def _strange_answer(story: EntryStory) -> None:
    """Carol, who is no member, answers too."""
    story.add(Entry, device="Carol", group="g", entry="page", siblings=(), winner=None)


def _one_version_less(story: EntryStory) -> None:
    story.look("Bob", siblings=(HIS,))


def _bob_says(**fields: Any) -> Callable[[], EntryStory]:
    """Bob says something else of Alice's version."""
    return conflict_then(siblings=(msgspec.structs.replace(HERS, **fields), HIS))


def _three_with_four() -> Story:
    """Alice, Bob and Carol have four messages of Alice's."""
    story = Story(("Alice", "Bob", "Carol"))
    for _ in range(4):
        story.send("Alice")
        for device in story.devices:
            story.deliver(device)
    story.export()
    return story


def _carols(line: Line) -> bool:
    """What was read of Carol's delivery log."""
    return isinstance(line, (Deliver, Note)) and line.device == "Carol"


CASES = (
    bad(
        "each of two lacks another one",
        lines(lambda f: drop(drop(f, delivery("Bob", "a2")), delivery("Carol", "a3")), _three_with_four),
        "Bob lacks 1 operation that Alice has: Alice #2; Carol lacks 1 operation that Alice has: Alice #3",
        witness=("a2", "a3"),
    ),
    bad(
        "each of two has another version",
        lines(
            lambda f: change(
                change(f, delivery("Bob", "a2"), version="77"), delivery("Carol", "a3"), version="78"
            ),
            _three_with_four,
        ),
        witness=("a2", "a3"),
    ),
    good("two groups with one member in common", told(_two_groups), "2 groups"),
    unknown("empty", empty, "no two members"),
    unknown(
        "one of three was not read to its end",
        lines(lambda f: drop(f, _carols), _three_with_four),
        "Carol's delivery log was not read to its end",
    ),
    unknown(
        "nobody was read to its end",
        lines(lambda f: drop(f, is_a(Note, what="deliveries_read")), _three_with_four),
        "Alice's delivery log was not read to its end",
        "Carol's delivery log was not read to its end",
    ),
    bad(
        "two differ beside one that was not read to its end",
        lines(lambda f: drop(drop(f, _carols), delivery("Bob", "a2")), _three_with_four),
        "Bob lacks 1 operation that Alice has: Alice #2",
        witness=("a2",),
    ),
    good(
        "one of whom nobody asked was not read to its end",
        lines(lambda f: drop(f, _carols), _three_with_four),
        device="Bob",
    ),
    unknown(
        "one member",
        told(lambda s: s.send("Alice"), lambda s: s.deliver("Alice"), devices=("Alice",)),
        "no two members",
    ),
    unknown("nothing arrived", told(lambda s: s.send("Alice")), "no two members"),
    good("the same everywhere", exchange),
    good("after a restart", restarted()),
    bad("Bob is behind", told(_one_ahead), "Bob lacks 1 operation that Alice has: Bob #1", witness=("b1",)),
    bad("Alice is behind", lines(lambda f: drop(f, delivery("Alice", "a2"))), "Alice lacks 1", "Alice #2"),
    bad("in another order", lines(swapped("Bob", "a2", "a3")), "in place 2", "Alice #2", "Alice #3"),
    good("in another order, which nobody promised", lines(swapped("Bob", "a2", "a3")), order="sender"),
    bad("behind, whatever the order", told(_one_ahead), order="none"),
    good("one twice is no difference", lines(repeated(delivery("Bob", "a2")))),
    bad(
        "other content in another order, which nobody promised",
        lines(lambda f: change(swapped("Bob", "a2", "a3")(f), delivery("Bob", "a4"), digest="x"), exchange),
        "Bob and Alice have another version or content of Alice #4",
        witness=("a4",),
        order="sender",
    ),
    bad("another version", lines(lambda f: change(f, delivery("Bob", "a4"), version="9")), witness=("a4",)),
    bad(
        "in a group behind one in which nothing was said",
        lambda: [told(lambda s: s)().lines[0], *_in_group("h", told(_one_ahead)().lines)],
        "Bob lacks 1 operation that Alice has: Bob #1",
    ),
    bad(
        "in an entry behind one of which it was not asked",
        written(
            edited_apart,
            lambda s: s.write("Alice", entry="other"),
            EntryStory.everywhere,
            lambda s: s.look("Alice", "other"),
            EntryStory.look_everywhere,
            _one_version_less,
        ),
        'of entry "page" Bob has version',
        device="Bob",
    ),
    good("entries", conflict(), "1 group, the same at every member ("),
    bad(
        "an entry with one version less",
        written(edited_apart, EntryStory.look_everywhere, _one_version_less),
        'of entry "page" Alice has versions 2 {Alice: 2}, 3 {Alice: 1, Bob: 1} (shows 3) and Bob has version '
        "3 {Alice: 1, Bob: 1} (shows 3)",
    ),
    bad(
        "another version of an entry is shown",
        conflict_then(winner="2"),
        "and Bob has versions 2 {Alice: 2}, 3 {Alice: 1, Bob: 1} (shows 2)",
    ),
    bad(
        "an entry that one has never heard of",
        conflict_then(siblings=(), winner=None),
        "and Bob has versions none (shows none)",
    ),
    bad(
        "deleted for one", _bob_says(deleted=True), "3 {Alice: 1, Bob: 1} (shows 3) and Bob has", "(deleted)"
    ),
    bad("another clock of an entry", _bob_says(clock={"Alice": 3}), "Bob has versions 2 {Alice: 3}"),
    bad("another content of an entry", _bob_says(digest="x")),
    good("a clock with a zero", _bob_says(clock={"Alice": 2, "Bob": 0})),
    good("versions in another order", conflict_then(siblings=(HIS, HERS))),
    good("different in between", written(edited_apart, _one_version_less, EntryStory.look_everywhere)),
    good("nobody asked Bob", written(edited_apart, lambda s: s.look("Alice"))),
    good("a stranger has something else", conflict(_strange_answer)),
    good(
        "one that was not asked",
        written(
            edited_apart,
            lambda s: s.look("Alice"),
            _one_version_less,
            devices=("Alice", "Bob", "Carol"),
        ),
        device="Carol",
    ),
    bad("seen from the one that has less", conflict_then(siblings=()), "Bob has versions none", device="Bob"),
    bad("seen from this one", told(_one_ahead), device="Bob"),
    bad("lost by a restart", restarted(keep=3), "Bob lacks 2"),
    good(
        "who missed something is told so",
        lines(lambda f: drop(f, delivery("Bob", "a2"))),
        "tells who may have missed",
        delivery="refetch",
    ),
    good("what an outsider said", heard_another(outsider=True)),
    bad("what nobody said", heard_another(outsider=False)),
)

MUTANTS: tuple[Mutant, ...] = (
    ('if delivery != "all":', "if False:"),
    ("                if entry.group == group\n", ""),
    ("len(logs) < 2", "len(logs) < 1"),
    ("or not any(logs.values())", ""),
    ("if op_id not in log]", "if op_id in log]"),
    ("if op_id not in logs[reference]]", "if False]"),
    ("            if lacking:", "            if False:"),
    ("            if extra:", "            if False:"),
    ('and order == "total":', "and False:"),
    ('and order == "total":', ":"),
    ('and order == "total":', 'and order != "total":'),
    ("if pair[0] != pair[1])", "if pair[0] == pair[1])"),
    ("if not compared and not unknown:", "if False:"),
    ("            if not unread(history, name)\n", ""),
    ("for name in members if device in (None, name)))", "for name in members))"),
    ("        unknown += filter", "        filter"),
    ("            if other:", "            if False:"),
    ("or _hash(log, order) == whole", "or True"),
    ("(entry.version, entry.digest) != (other.version, other.digest)", "entry.digest != other.digest"),
    ("(entry.version, entry.digest) != (other.version, other.digest)", "entry.version != other.version"),
    ("{entry.version} {entry.digest}", "{entry.version}"),
    ("{entry.version} {entry.digest}", "{entry.digest}"),
    ('lines if order == "total" else sorted(lines)', "sorted(lines)"),
    ("    faults += _entries_apart(history, device)", "    _entries_apart(history, device)"),
    ("{name: views[-1] for name", "{name: views[0] for name"),
    (" if name in history.members.get(group, {})}", "}"),
    ('next(iter(views), "") if device is None else device', 'next(iter(views), "")'),
    ("if _state(view) != _state(views[reference]):", "if False:"),
    ("siblings = sorted(", "siblings = list("),
    ("{sibling.version} {sibling.digest} {sibling.deleted}", "{sibling.version} {sibling.digest}"),
    ("{sibling.version} {sibling.digest} {sibling.deleted}", "{sibling.version} {sibling.deleted}"),
    (" {sibling.deleted} {_clock(sibling.clock)}", " {sibling.deleted}"),
    ('f"shows {view.winner}"', '""'),
    ("in history.inside(history.delivered(name).values())", "in history.delivered(name).values()"),
)

from __future__ import annotations

from collections.abc import Callable

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, is_a, lines, unknown
from tests.unit.evidence.entry_stories import EntryStory, conflict, edited_apart, written
from tests.unit.evidence.histories import change, drop, exchange

from syncproof.evidence.lines import Line
from syncproof.evidence.records import Deliver, Entry, Sibling


def _tells(op_id: str, clock: dict[str, int] | None, device: str = "") -> Callable[[list[Line]], list[Line]]:
    """Every device (or this one) has this clock for a version in its delivery log."""

    def chosen(line: Line) -> bool:
        return isinstance(line, Deliver) and line.op_id == op_id and device in ("", line.device)

    return lambda found: change(found, chosen, clock=clock)


def _thrice(story: EntryStory) -> None:
    """Alice writes three versions: {Alice: 1}, {Alice: 2}, {Alice: 3}."""
    for _ in range(3):
        story.write("Alice")
        story.everywhere()


def _unseen_base(story: EntryStory) -> None:
    """Bob builds on Alice's, of which no clock is known; then she writes again."""
    story.write("Alice")
    story.everywhere()
    story.write("Bob")
    story.everywhere()


def _blind(story: EntryStory) -> None:
    """Bob builds on Alice's; then he writes without naming what he had: he knows of hers by his last one."""
    _unseen_base(story)
    story.write("Bob", base=())
    story.everywhere()


def _resolved(story: EntryStory) -> None:
    """Carol resolves what Alice and Bob have edited apart: {Alice: 2, Bob: 1, Carol: 1}."""
    edited_apart(story)
    story.write("Carol", kind="resolve")
    story.everywhere()


RESOLVED = written(_resolved, devices=("Alice", "Bob", "Carol"))

CASES = (
    unknown("empty", empty, "the history is empty"),
    good("no entries", exchange, "0 clocks"),
    good("edited apart", conflict(), "3 clocks"),
    good("one after the other", written(_thrice)),
    good("resolved", RESOLVED, "4 clocks"),
    good("blindly", written(_blind)),
    good(
        "no clocks are told",
        lines(lambda f: change(f, is_a(Deliver), clock=None), written(_thrice)),
        "0 clocks",
    ),
    bad(
        "a base is not known of",
        lines(_tells("a2", {"Bob": 7}), written(_thrice)),
        "Alice #2 has {Bob: 7}, which does not know all of what it builds on, {Alice: 1}",
        witness=("a2", "a3"),
    ),
    bad(
        "one of two bases is not known of",
        lines(_tells("c1", {"Alice": 2, "Carol": 1}), RESOLVED),
        "Carol #1 has {Alice: 2, Carol: 1}, which does not know all of what it builds on, {Alice: 2, Bob: 1}",
        witness=("c1",),
    ),
    bad(
        "the count stands still",
        lines(_tells("a2", {"Alice": 1}), written(_thrice)),
        "Alice #2 has {Alice: 1}, which counts Alice no further than 1",
        witness=("a2",),
    ),
    bad(
        "the first does not count",
        lines(_tells("a1", {}), written(_thrice)),
        "counts Alice no further than 0",
    ),
    bad(
        "the count stands still, without a base",
        lines(_tells("b2", {"Alice": 1, "Bob": 1}), written(_blind)),
        "Bob #2 has {Alice: 1, Bob: 1}, which counts Bob no further than 1",
    ),
    bad(
        "more is known than can be",
        lines(_tells("b1", {"Alice": 2, "Bob": 1}), written(edited_apart)),
        "Bob #1 has {Alice: 2, Bob: 1}, which knows more than what it builds on, {Alice: 1}",
        witness=("b1",),
    ),
    good("the count may go further", lines(_tells("a3", {"Alice": 9}), written(_thrice))),
    good(
        "less need not be known than one's own of before",
        lines(_tells("b2", {"Bob": 2}), written(_blind)),
    ),
    bad(
        "another at one device",
        lines(_tells("a2", {"Alice": 5}, "Bob"), written(_thrice)),
        "Bob has {Alice: 5} for Alice #2, which has {Alice: 2} elsewhere",
        witness=("a2",),
    ),
    good(
        "another at another device",
        lines(_tells("a2", {"Alice": 1}, "Bob"), written(_thrice)),
        device="Alice",
    ),
    bad(
        "another at this device",
        lines(_tells("a2", {"Alice": 1}, "Bob"), written(_thrice)),
        "no further",
        device="Bob",
    ),
    good(
        "the base's clock is not told",
        lines(_tells("a1", None), written(_unseen_base)),
        "1 clock,",
    ),
    good(
        "the clock of her own last one is not told",
        lines(lambda f: _tells("b1", None)(f), written(_blind)),
    ),
    bad(
        "an answer tells another",
        written(
            edited_apart,
            lambda s: s.look("Bob", siblings=(Sibling(version="3", digest="d-b1", clock={"Bob": 4}),)),
        ),
        "Bob has {Bob: 4} for Bob #1, which has {Alice: 1, Bob: 1} elsewhere",
    ),
    good(
        "an answer tells none",
        lines(lambda f: change(f, is_a(Entry), siblings=(Sibling(version="3", digest="d-b1"),)), conflict()),
    ),
    good(
        "an answer tells one of a version that nobody wrote",
        lines(
            lambda f: change(f, is_a(Entry), siblings=(Sibling(version="9", digest="?", clock={"Bob": 9}),)),
            conflict(),
        ),
    ),
    bad(
        "an answer alone tells one",
        lines(
            lambda f: change(f, is_a(Deliver), clock=None),
            written(
                edited_apart,
                lambda s: s.look("Bob", siblings=(Sibling(version="3", digest="d-b1", clock={"Alice": 1}),)),
            ),
        ),
        "counts Bob no further than 0",
        witness=("b1",),
    ),
    good(
        "nobody delivered one of them", lines(lambda f: drop(f, is_a(Deliver, op_id="a2")), written(_thrice))
    ),
    bad(
        "many wrong ones",
        lines(lambda f: change(f, is_a(Deliver), clock={"Alice": 0}), written(_thrice, _thrice)),
        "and 3 more",
    ),
    good("a zero is no difference", lines(_tells("a2", {"Alice": 2, "Bob": 0}, "Bob"), written(_thrice))),
    bad(
        "three wrong ones",
        lines(lambda f: change(f, is_a(Deliver), clock={"Alice": 0}), written(_thrice)),
        "Alice #3 has {}",
    ),
)

MUTANTS: tuple[Mutant, ...] = (
    ("if not history.lines:", "if False:"),
    ('if known != clock and vector_clock.compare(known, clock) != "equal":', "if False:"),
    ('if known != clock and vector_clock.compare(known, clock) != "equal":', "if known != clock:"),
    ("judged += len(clocks)", "judged = 0"),
    ("            if wrong:", "            if False:"),
    ("if len(faults) > 3:", "if False:"),
    ("if device not in (None, name):", "if False:"),
    ("if device not in (None, name):", "if device is not None:"),
    ("entry is not None and entry.clock is not None:", "entry is not None and entry.clock:"),
    ("for sibling in view.siblings if view else ():", "for sibling in ():"),
    ("known in versions.by_op_id and sibling.clock is not None:", "sibling.clock is not None:"),
    ("for base in version.bases if base in clocks]", "for base in version.bases[:1] if base in clocks]"),
    ("if not vector_clock.dominates(own, least):", "if False:"),
    ("max(least.get(author, 0), before.get(author, 0) if before else 0)", "least.get(author, 0)"),
    ("max(least.get(author, 0), before.get(author, 0) if before else 0)", "0"),
    ("own.get(author, 0) <= counted", "own.get(author, 0) < counted"),
    ("vector_clock.merge([least, before or {}])", "least"),
    ("if not vector_clock.dominates(most, others):", "if False:"),
    ("if device != author}", "}"),
)

from __future__ import annotations

from tests.unit.evidence.checker_cases.case import (
    Mutant,
    bad,
    empty,
    good,
    is_a,
    lines,
    restarted,
    told,
    unknown,
)
from tests.unit.evidence.entry_stories import EntryStory, conflict, edited_apart, written
from tests.unit.evidence.histories import Story, change, drop, exchange

from syncproof.evidence.lines import Line
from syncproof.evidence.records import Accept, Deliver, Invoke, Sibling


def _two_of_her_own(story: Story) -> None:
    """Alice writes, gets it, and writes again."""
    for _ in range(2):
        story.send("Alice")
        story.deliver("Alice")


def _pending(story: Story) -> None:
    """Alice writes again before the first has come back to her."""
    story.send("Alice")
    story.send("Alice")
    story.deliver("Alice")


def _shows_the_first(story: EntryStory) -> None:
    """Alice has her second version back, and answers with the first."""
    story.write("Alice")
    story.deliver("Alice")
    first = story.look("Alice")
    story.write("Alice")
    story.deliver("Alice")
    story.look("Alice", siblings=first.siblings, winner=first.winner)


def _two_unseen(story: Story) -> None:
    """Alice writes when she has Bob's message, and says that she had seen nothing."""
    story.send("Alice")
    story.lines = change(story.lines, is_a(Accept, op_id="a1"), seen=0)


def _built_upon(story: EntryStory) -> None:
    """Bob writes on top of Alice's; she has only his to show."""
    story.write("Alice")
    story.everywhere()
    story.write("Bob")
    story.everywhere()
    story.look("Alice")


def _empty_answer(story: EntryStory) -> None:
    """Alice has her version back, and answers that she holds none."""
    story.write("Alice")
    story.deliver("Alice")
    story.look("Alice", siblings=(), winner=None)


def _not_back_yet(story: EntryStory) -> None:
    """Alice is asked while her version is on its way to the relay."""
    story.write("Alice")
    story.look("Alice", siblings=(), winner=None)
    story.deliver("Alice")


def _unseen(found: list[Line]) -> list[Line]:
    """Alice wrote her second message as if her first had never been delivered to her."""
    return change(found, is_a(Accept, op_id="a2"), seen=0)


def _read_late(story: Story) -> None:
    """Alice's first message is read from her log only after her second was asked for."""
    story.send("Alice")
    story.send("Alice")
    story.deliver("Alice")
    story.lines = change(_unseen(story.lines), is_a(Deliver, op_id="a1"), t_ns=1)


def _read_after_the_answer(story: EntryStory) -> None:
    """Alice has her version, which nobody had read from her log when she was asked."""
    story.write("Alice")
    story.deliver("Alice")
    story.look("Alice", siblings=(), winner=None, seen=0)


CASES = (
    unknown("empty", empty, "the history is empty"),
    good("an exchange", exchange, "5 looks, none behind"),
    good("over a restart", restarted()),
    good("she counts her own", told(_two_of_her_own)),
    bad(
        "she does not count her own",
        lines(_unseen, told(_two_of_her_own)),
        "Alice had not seen its own Alice #1, which it had delivered, when it wrote again",
        witness=("a1",),
    ),
    good(
        "of another device",
        lines(_unseen, told(_two_of_her_own, lambda s: s.send("Bob"))),
        "1 look",
        device="Bob",
    ),
    bad("of this device", lines(_unseen, told(_two_of_her_own)), device="Alice"),
    good("hers is not back yet", told(_pending)),
    good("read after she was asked", told(_read_late)),
    good(
        "nobody took it", lines(lambda f: drop(_unseen(f), is_a(Accept, op_id="a2")), told(_two_of_her_own))
    ),
    good(
        "others' need not be counted",
        told(lambda s: s.send("Bob"), lambda s: s.deliver("Alice"), _two_unseen),
    ),
    good(
        "nobody knows who asked",
        lines(lambda f: drop(_unseen(f), is_a(Invoke, op_id="a2")), told(_two_of_her_own)),
    ),
    bad(
        "behind somebody of whom nobody knows",
        lambda: [
            change(told(_two_of_her_own)().lines, is_a(Accept), op_id="unknown")[7],
            *_unseen(told(_two_of_her_own)().lines),
        ],
        witness=("a1",),
    ),
    bad(
        "another was asked before",
        written(edited_apart, EntryStory.look_everywhere, lambda s: s.look("Bob", siblings=(), winner=None)),
        witness=("b1",),
        device="Bob",
    ),
    good("each shows its own", conflict(), "5 looks"),
    good("one that builds on it", written(_built_upon)),
    bad(
        "she is shown her version of before",
        written(_shows_the_first),
        'Alice\'s entry "page" was without its own Alice #2, delivered before',
        witness=("a2",),
    ),
    bad("she is shown nothing", written(_empty_answer), "without its own Alice #1"),
    good(
        "of another device's entry", written(_empty_answer, lambda s: s.send("Bob")), "1 look", device="Bob"
    ),
    good("it is not back yet", written(_not_back_yet)),
    bad(
        "it was not back at first",
        written(_not_back_yet, lambda s: s.look("Alice", siblings=(), winner=None)),
    ),
    good("read after the answer", written(_read_after_the_answer)),
    good(
        "another's need not be shown",
        written(
            edited_apart,
            lambda s: s.look("Alice", siblings=(Sibling(version="2", digest="d-a2"),), winner="2"),
        ),
    ),
    bad(
        "another's is shown instead",
        written(
            edited_apart, lambda s: s.look("Bob", siblings=(Sibling(version="2", digest="d-a2"),), winner="2")
        ),
        "Bob #1",
        device="Bob",
    ),
    bad(
        "a version of nobody is shown instead",
        written(
            edited_apart, lambda s: s.look("Bob", siblings=(Sibling(version="77", digest="?"),), winner="77")
        ),
    ),
    bad(
        "the first answer was wrong",
        written(_empty_answer, EntryStory.look_everywhere),
        witness=("a1",),
    ),
)

MUTANTS: tuple[Mutant, ...] = (
    (
        "        if device not in (None, name):\n            continue\n        taken",
        "        if False:\n            continue\n        taken",
    ),
    (
        "        if device not in (None, name):\n            continue\n        taken",
        "        if device is not None:\n            continue\n        taken",
    ),
    ("            if device not in (None, name):", "            if False:"),
    ("            if device not in (None, name):", "            if device is not None:"),
    ("judged += len(taken)", "pass"),
    (
        "len(views) for name, views in answers.items() if device in (None, name)",
        "len(views) for name, views in answers.items()",
    ),
    ("if not history.lines:", "if False:"),
    ("if entry.author == device]", "]"),
    ("own.sort(key=lambda entry: entry.n)", "own.sort(key=lambda entry: -entry.n)"),
    ("bisect_left(read, asked.i)", "len(read)"),
    ("own[there - 1].n > accept.seen", "own[there - 1].n > accept.seen + 1"),
    ("own[there - 1].n > accept.seen", "own[there - 1].n >= accept.seen"),
    ("if asked is None:", "if False:"),
    ("version.operation.author == name and op_id in delivered", "op_id in delivered"),
    ("bisect_right(places, view.seen)", "len(places)"),
    ("bisect_right(places, view.seen)", "bisect_left(places, view.seen)"),
    ("for view in views:", "for view in views[-1:]:"),
    ("if not there:\n                    continue", "if not there:\n                    break"),
    ("if op in versions.by_op_id)", "if True)"),
)

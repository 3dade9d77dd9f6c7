from __future__ import annotations

import msgspec
from tests.unit.evidence.checker_cases.case import (
    Mutant,
    bad,
    empty,
    good,
    heard_another,
    is_a,
    lines,
    restarted,
    told,
    unknown,
)
from tests.unit.evidence.histories import Story, change, delivery, drop, exchange

from syncproof.evidence.records import Deliver, Invoke, Log, Result


def _refused(story: Story) -> None:
    op_id = story.send("Alice", ack=False)
    story.add(Result, device="Alice", op_id=op_id, outcome="fail", code="too_large")
    story.deliver("Bob")


def _refuse(story: Story, *, again: bool = False) -> None:
    """Alice's first operation is refused, and perhaps asked for again under its id."""
    invoke = next((line for line in story.lines if is_a(Invoke, op_id="a1")(line)), None)
    if invoke is None:
        story.send("Alice", ack=False)
        invoke = next(line for line in story.lines if is_a(Invoke)(line))
    story.add(Result, device="Alice", op_id="a1", outcome="fail", code="try_later")
    if again:
        story.now += 1
        story.lines.append(msgspec.structs.replace(invoke, t_ns=story.now, i=len(story.lines) + 1))


def _refused_and_acknowledged(story: Story) -> None:
    _refuse(story)
    story.ack("a1")
    story.deliver("Bob")


def _refused_and_asked_again(story: Story) -> None:
    _refuse(story, again=True)
    story.ack("a1")
    story.deliver("Bob")


def _refused_twice(story: Story) -> None:
    _refuse(story, again=True)
    _refuse(story)
    story.deliver("Bob")


CASES = (
    unknown("empty", empty, "nothing was delivered"),
    good("as sent", exchange),
    good(
        "one that may or may not have happened",
        told(lambda s: s.send("Alice", ack=False), lambda s: s.deliver("Bob")),
    ),
    bad(
        "nobody sent it",
        lines(lambda f: drop(f, is_a(Invoke, op_id="a2"))),
        "Bob has 1 operation that nobody sent",
        witness=("a2",),
    ),
    bad(
        "other content",
        lines(lambda f: change(f, delivery("Bob", "a2"), digest="x")),
        "Bob has 1 operation not as sent: Alice #2",
    ),
    bad("other group", lines(lambda f: change(f, delivery("Bob", "a2"), group="h")), "not as sent"),
    bad(
        "stored with other content",
        lines(lambda f: change(f, is_a(Log, op_id="a2"), digest="x")),
        "the log of g",
    ),
    bad("refused, and yet it arrived", told(_refused), "that was refused", witness=("a1",)),
    good("refused, and acknowledged later: no matter of content", told(_refused_and_acknowledged)),
    good("refused, asked for again and taken", told(_refused_and_asked_again)),
    bad("refused, asked for again and refused again", told(_refused_twice), "that was refused"),
    good(
        "other content at another",
        lines(lambda f: change(f, delivery("Bob", "a2"), digest="x")),
        device="Alice",
    ),
    bad(
        "other content at this one",
        lines(lambda f: change(f, delivery("Bob", "a2"), digest="x")),
        device="Bob",
    ),
    bad(
        "in an earlier incarnation only",
        lines(
            lambda f: change(f, is_a(Deliver, device="Bob", incarnation=1, op_id="a2"), digest="x"),
            restarted(),
        ),
    ),
    good("what an outsider said", heard_another(outsider=True)),
    bad("what nobody said", heard_another(outsider=False)),
    bad("what was asked for, as an outsider's", heard_another(outsider=True, op_id="a4")),
)

MUTANTS: tuple[Mutant, ...] = (
    ("if device in (None, name):", "if True:"),
    ("if device in (None, name):", "if device is None:"),
    ("log.by_incarnation.values():", "[log.latest]:"),
    ("if device is None:", "if False:"),
    ("if not entries:", "if False:"),
    ("if operation is None:\n            invented[op_id] = None", "if operation is None:\n            pass"),
    ("entry.digest != operation.digest or", ""),
    ("or entry.group != operation.group", ""),
    ("elif op_id in refusals and", "elif False and"),
    ("elif op_id in refusals and", "elif"),
    (" and op_id not in history.acks:", ":"),
    ("if found:", "if not found:"),
    ("in history.inside(entries)", "in entries"),
)

from __future__ import annotations

from collections.abc import Callable

import msgspec
from tests.unit.evidence.checker_cases.case import (
    Mutant,
    bad,
    empty,
    good,
    is_a,
    lines,
    not_read_to_its_end,
    restarted,
    told,
    unknown,
)
from tests.unit.evidence.histories import Story, delivery, drop, exchange

from syncproof.evidence.records import Invoke, Log, Member, Note, Result


def _unacknowledged(story: Story) -> None:
    story.send("Alice")
    story.send("Alice", ack=False)
    story.deliver("Alice", 1)
    story.deliver("Bob", 1)


def _unanswered(story: Story) -> None:
    story.send("Alice")
    story.send("Alice", accept=False, store=False)
    story.deliver("Alice")
    story.deliver("Bob")


def _refused_after_acceptance(story: Story) -> None:
    _unanswered(story)
    op_id = story.send("Alice", store=False)
    story.add(Result, device="Alice", op_id=op_id, outcome="fail", code="too_large")


def _logged_without_an_answer(story: Story) -> None:
    story.send("Alice")
    for device in story.devices:
        story.deliver(device)
    story.send("Alice", accept=False, ack=False)
    story.export()


def _logged_of_somebody_else(story: Story) -> None:
    _logged_without_an_answer(story)
    story.lines[:] = [
        msgspec.structs.replace(line, author="Alice's other client")
        if isinstance(line, Invoke) and line.op_id == "a2"
        else line
        for line in story.lines
    ]


def _logged_and_refused(story: Story) -> None:
    _logged_without_an_answer(story)
    story.add(Result, device="Alice", op_id="a2", outcome="fail", code="too_large")


def _second_group(story: Story) -> None:
    story.send("Alice")
    for device in story.devices:
        story.deliver(device)
    story.group = "other"
    story.send("Alice")


def _only_alice_has_it(story: Story) -> None:
    story.send("Alice")
    story.deliver("Alice")


def _killed_and_started_again(story: Story) -> None:
    story.fault("start", kind="kill")
    story.fault("end", kind="kill")


def restarted_after(act: Callable[[Story], None]) -> Callable[[], Story]:
    """Five messages, then that happens, then Bob is met again."""

    def tell() -> Story:
        story = exchange(export=False)
        act(story)
        story.restart("Bob")
        story.export()
        return story

    return tell


CASES = (
    unknown("empty", empty, "no operation"),
    unknown("nothing sent", told(), "no operation"),
    unknown("nobody belongs to the group", lines(lambda f: drop(f, is_a(Member))), "no device"),
    unknown(
        "not read to its end after a restart",
        restarted(not_read_to_its_end),
        "not read to its end",
    ),
    unknown(
        "killed, started again and not met since",
        told(_only_alice_has_it, _killed_and_started_again),
        "Bob was killed and started again, and its delivery log was not read since",
    ),
    good("killed, started again and met since", restarted_after(_killed_and_started_again), "5 operations"),
    bad("another fault", told(_only_alice_has_it, lambda s: s.fault("start"), lambda s: s.fault("end"))),
    unknown(
        "never read to its end",
        lines(lambda f: drop(f, is_a(Note, what="deliveries_read", device="Bob"))),
        "Bob's delivery log was not read to its end since its last start",
    ),
    good("everything arrived", exchange, "5 operations"),
    good("read again after a restart", restarted()),
    good("never answered: it may not have happened", told(_unanswered)),
    good("refused after acceptance", told(_refused_after_acceptance)),
    good("accepted in memory only", told(_unacknowledged), durable_outbox=False),
    bad("accepted durably", told(_unacknowledged), "Alice #2", "Bob lost 1 operation of 2", witness=("a2",)),
    bad(
        "one lost at Bob",
        lines(lambda f: drop(f, delivery("Bob", "a3"))),
        "Bob lost 1 operation of 5: Alice #3",
        witness=("a3",),
    ),
    bad("the last one lost", lines(lambda f: drop(f, delivery("Bob", "a5"))), "Alice #5"),
    bad("lost at its author", lines(lambda f: drop(f, delivery("Alice", "a1"))), "Alice lost 1"),
    good("lost at another", lines(lambda f: drop(f, delivery("Bob", "a3"))), device="Alice"),
    bad("lost at this one", lines(lambda f: drop(f, delivery("Bob", "a3"))), device="Bob"),
    bad("lost by a restart", restarted(keep=3), "Alice #4, #5", witness=("a4", "a5")),
    bad("lost everything by a restart", restarted(keep=0), "Bob lost 5 operations of 5"),
    bad(
        "stored nowhere",
        lines(lambda f: drop(f, is_a(Log, op_id="a2"))),
        "the log of g lacks 1 operation of 5",
        "Alice #2",
        witness=("a2",),
    ),
    bad(
        "an export without a line",
        lines(lambda f: drop(f, is_a(Log))),
        "the log of g lacks 5 operations of 5",
    ),
    unknown(
        "a device that was read at first and no more",
        lambda: [*drop(exchange().lines, delivery("Bob", "a5")), Note(device="Bob", what="evidence_unread")],
        "Bob's delivery log was not read to its end",
    ),
    bad(
        "a device that was read again in the end",
        lambda: [
            *drop(exchange().lines, delivery("Bob", "a5")),
            Note(device="Bob", what="evidence_unread"),
            Note(device="Bob", what="evidence_read"),
        ],
        "Bob lost 1 operation of 5: Alice #5",
    ),
    good("a log that was not exported", lambda: exchange(export=False)),
    bad(
        "without an answer, but in the system's own log",
        told(_logged_without_an_answer),
        "Alice lost 1 operation of 2: Alice #2; Bob lost 1 operation of 2: Alice #2",
        witness=("a2",),
        durable_outbox=False,
    ),
    good("refused, and in the log all the same: not lost", told(_logged_and_refused)),
    good("stored for a client that is no device of the group", told(_logged_of_somebody_else)),
    bad(
        "lost for certain beside a log that was not read to its end",
        lines(
            lambda f: drop(drop(f, is_a(Note, what="deliveries_read", device="Alice")), delivery("Bob", "a3"))
        ),
        "Bob lost 1 operation of 5: Alice #3",
        witness=("a3",),
    ),
    bad("nothing arrived at all", told(lambda s: s.send("Alice")), "Alice lost 1", "Bob lost 1"),
    good(
        "who missed something is told so",
        lines(lambda f: drop(f, delivery("Bob", "a2"))),
        "tells who may have missed",
        delivery="refetch",
    ),
)

MUTANTS: tuple[Mutant, ...] = (
    ('if delivery != "all":', "if False:"),
    ("if not any(required.values()):", "if False:"),
    ("if device in (None, name)]", "if device in (None,)]"),
    ("if device in (None, name)]", "]"),
    ("if why := unread(history, name):", "if why := '':"),
    ("unknown.append(why)", "pass"),
    ('at every member{by}", unknown)', 'at every member{by}")'),
    ("if op_id not in delivered]", "if op_id in delivered]"),
    (
        "delivered = history.delivered(name)",
        "delivered = {e.op_id for es in history.devices[name].by_incarnation.values() for e in es}",
    ),
    ("if group in history.exported and device is None:", "if group in history.log and device is None:"),
    ("if group in history.exported and device is None:", "if False:"),
    ("if group in history.exported and device is None:", "if device is None:"),
    ("if op_id not in logged]", "if op_id not in logged and False]"),
    ("if not judged:", "if False:"),
    ("            if op.op_id in acks\n            or (", "            if op.op_id in acks and ("),
    ("            if op.op_id in acks\n            or (", "            if ("),
    ("(op.op_id in logged and op.author in members) or", ""),
    (" and op.author in members", ""),
    ("durable_outbox and op.op_id in accepts", "op.op_id in accepts"),
    ("durable_outbox and op.op_id in accepts", "durable_outbox"),
    ("op.op_id not in refusals", "True"),
)

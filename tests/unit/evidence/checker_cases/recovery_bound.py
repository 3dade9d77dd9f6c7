from __future__ import annotations

from typing import Any

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, is_a, lines, told, unknown
from tests.unit.evidence.histories import MS, Story, change, drop, exchange

from syncproof.evidence.lines import Line
from syncproof.evidence.records import Fault, Invoke, Note


def _cut(
    story: Story, *, back_after: int = 100, deliver: bool = True, end: bool = True, **fields: Any
) -> None:
    """Two messages, a cut of Bob, two more, the end, and what was missing after so many ms."""
    for _ in range(2):
        story.send("Alice")
        story.deliver("Alice")
        story.deliver("Bob")
    story.fault("start", **fields)
    story.fault("proved", **fields)
    for _ in range(2):
        story.send("Alice")
        story.deliver("Alice")
    if end:
        story.fault("end", **fields)
    story.wait(back_after)
    if deliver:
        story.deliver("Bob", path="catchup")


def _late_message(story: Story) -> None:
    _cut(story)
    story.wait(60_000)
    story.send("Alice")
    for device in story.devices:
        story.deliver(device)


def _again(story: Story) -> None:
    story.fault("start", fault_id="fault-2")
    story.fault("end", fault_id="fault-2")
    story.deliver("Bob")


def _before(story: Story) -> None:
    story.send("Alice")
    story.deliver("Alice")
    story.deliver("Bob")
    story.fault("start")
    story.fault("end")


def _accepted_only(story: Story) -> None:
    """Bob's device has taken a message while it was cut off, and nothing more is known of it."""
    story.fault("start")
    story.fault("proved")
    story.send("Alice")
    story.send("Bob", store=False)
    story.fault("end")
    for device in story.devices:
        story.deliver(device)


def _of_another_group(story: Story) -> None:
    """Something acknowledged in a group that has no members."""
    story.fault("start")
    story.group = "elsewhere"
    story.send("Alice")
    story.group = "g"
    story.fault("end")


def _at_the_end_itself() -> list[Line]:
    """The last message was asked for in the very moment in which the fault ended, and never came."""
    story = told(lambda s: _cut(s, deliver=False))()
    asked = max(line.t_ns for line in story.lines if isinstance(line, Invoke))
    return change(story.lines, is_a(Fault, edge="end"), t_ns=asked)


CASES = (
    bad("what a durable outbox has taken", told(_accepted_only), "Bob #1", bound_ns=10**12),
    good("what an outbox in memory may lose", told(_accepted_only), bound_ns=10**12, durable_outbox=False),
    unknown("of a group without members", told(_of_another_group), "nothing had been sent", bound_ns=1),
    bad("asked for in the moment in which it ended", _at_the_end_itself, "Alice #3, #4", bound_ns=10**12),
    unknown(
        "one of two faults never ended", told(_cut, lambda s: s.fault("start", fault_id="2")), bound_ns=10**12
    ),
    unknown(
        "one ended twice and the other never",
        told(_cut, lambda s: s.fault("end"), lambda s: s.fault("start", fault_id="2")),
        "never proved to have ended",
        bound_ns=10**12,
    ),
    good("ended twice", told(_cut, lambda s: s.fault("end")), "took 0.1 s", bound_ns=10**9),
    unknown(
        "not read to its end",
        lines(lambda f: drop(f, is_a(Note, device="Bob")), told(lambda s: _cut(s, deliver=False))),
        "Bob's delivery log was not read to its end",
        bound_ns=10**12,
    ),
    unknown("empty", empty, "no fault", bound_ns=10**9),
    unknown("no fault", exchange, "no fault", bound_ns=10**9),
    unknown("a fault that never ended", told(lambda s: _cut(s, end=False)), "never proved", bound_ns=10**9),
    unknown(
        "nothing sent before",
        told(lambda s: s.fault("start"), lambda s: s.fault("end"), lambda s: s.send("Alice")),
        bound_ns=1,
    ),
    good("in time", told(_cut), "recovery took 0.1 s", bound_ns=10**9),
    good("exactly in time", told(_cut), bound_ns=102 * MS),
    bad("a moment late", told(_cut), bound_ns=102 * MS - 1),
    bad(
        "too late",
        told(lambda s: _cut(s, back_after=2000)),
        "recovery took 2.0 s after the last fault ended, more than 1 s",
        "Alice #4 at Bob",
        witness=("a4",),
        bound_ns=10**9,
    ),
    bad(
        "never",
        told(lambda s: _cut(s, deliver=False)),
        "2 operations never arrived: Alice #3, #4",
        bound_ns=10**12,
    ),
    good("what was sent afterwards does not count", told(_late_message), bound_ns=10**9),
    good("late at another", told(lambda s: _cut(s, back_after=2000)), device="Alice", bound_ns=10**9),
    bad("late at this one", told(lambda s: _cut(s, back_after=2000)), device="Bob", bound_ns=10**9),
    good(
        "from the end of the last fault",
        told(lambda s: _cut(s, back_after=3000, deliver=False), lambda s: _again(s)),
        bound_ns=10**9,
    ),
    good("everything was there already", told(_before), "took 0.0 s", bound_ns=1),
)

MUTANTS: tuple[Mutant, ...] = (
    ("if not history.faults:", "if False:"),
    ("if min(ends) < 0:", "if max(ends) < 0:"),
    ("if why := unread(history, name):", "if why := '':"),
    ("unknown[why] = None", "pass"),
    ("end = max(ends)", "end = min(ends)"),
    ('if edge.edge == "end")', 'if edge.edge != "end")'),
    ("if device in (None, name)]", "]"),
    ("if device in (None, name)]", "if device is None]"),
    ("history.operations[op_id].t_ns > end:", "history.operations[op_id].t_ns < end:"),
    ("history.operations[op_id].t_ns > end:", "False:"),
    ("undelivered[op_id] = None", "pass"),
    ("elif entry.t_ns > last:", "elif entry.t_ns < last:"),
    ("if not judged:", "if False:"),
    ("if undelivered:", "if False:"),
    ("last - end > bound_ns", "last - end >= bound_ns"),
    ("last - end > bound_ns", "False"),
    ("last - end > bound_ns", "last - end > bound_ns + 1"),
)

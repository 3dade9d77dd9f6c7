from __future__ import annotations

from collections.abc import Callable

from tests.unit.evidence.checker_cases.case import Mutant, bad, empty, good, told, unknown
from tests.unit.evidence.histories import Story, exchange

from syncproof.evidence.records import Log, Note, Readable

Act = Callable[[Story], object]


def _says(device: str, count: int = 1) -> Act:
    """A device sends messages, which all deliver."""

    def act(story: Story) -> None:
        for _ in range(count):
            story.send(device)
            for other in story.devices:
                story.deliver(other)

    return act


def _log(story: Story, *, sealed: bool = True) -> None:
    """The group's own log: of encrypted events the server knows no more than that they are there."""
    for order, invoke in enumerate(story._order, 1):
        told_of = {"op_id": "", "digest": ""} if sealed else {"op_id": invoke.op_id, "digest": invoke.digest}
        fields = {"version": str(order), "server_order": order, "author": invoke.author, "sealed": sealed}
        story.add(Log, group=story.group, **told_of, **fields)


def _clear_log(story: Story) -> None:
    _log(story, sealed=False)


def _searched(events: int = 2, group: str = "g", **others: int) -> Act:
    looked = {"events of the room": events, **{what.replace("_", " "): n for what, n in others.items()}}
    return lambda story: story.add(Note, what="server_searched", fields={"group": group, "looked": looked})


def _readable(op_id: str, where: str = "the database") -> Act:
    return lambda story: story.add(Readable, op_id=op_id, where=where)


def _handed_in(*, in_the_clear: bool) -> Act:
    fields = {"op_id": "a1", "in_the_clear": in_the_clear}
    return lambda story: story.add(Note, device="Alice", what="unreadable", fields=fields)


TWO = (_says("Alice"), _says("Bob"), _log)

CASES = (
    unknown("empty", empty, "the history is empty", e2ee=True),
    good("nobody promised anything", exchange, "promises no encryption"),
    good("nobody promised anything, and it is readable", told(*TWO, _readable("a1"), _clear_log)),
    unknown("nobody has searched", told(*TWO), "nobody has looked through", e2ee=True),
    bad("found in the database, and nobody has looked elsewhere", told(*TWO, _readable("a1")),
        "the server can read 1 operation in the database: Alice #1", e2ee=True),
    unknown("nobody has said anything", told(_searched()), "no operation", e2ee=True),
    good("searched, and found nothing", told(*TWO, _searched(2, bytes_of_it=99)),
         "nothing in the clear in 2 events of the room, 99 bytes of it", e2ee=True),
    unknown("captured nothing", told(*TWO, _searched(2, bytes_of_traffic=0)),
            "nothing was looked through: 0 bytes of traffic", e2ee=True),
    unknown("searched too little", told(*TWO, _searched(1)), e2ee=True),
    unknown("searched nothing, and the log has nothing", told(_says("Alice"), _searched(0)), e2ee=True),
    unknown("searched elsewhere", told(*TWO, _searched(2, group="h")), e2ee=True),
    bad("found in the database", told(*TWO, _readable("a1"), _searched()),
        "the server can read 1 operation in the database: Alice #1", witness=("a1",), e2ee=True),
    bad("found twice in one place", told(*TWO, _readable("a1"), _readable("a1"), _searched()),
        "1 operation in", e2ee=True),
    bad("found in two places", told(*TWO, _readable("a1"), _readable("b1", "the files"), _searched()),
        "the database: Alice #1; the server can read 1 operation in the files: Bob #1", e2ee=True),
    bad("stored in the clear", told(_says("Alice"), _says("Bob"), _clear_log, _searched()),
        "2 operations in its log: Alice #1, Bob #1", e2ee=True),
    good("handed in in the clear by the harness", told(*TWO, _readable("a1"), _handed_in(in_the_clear=True),
        _searched()), e2ee=True),
    bad("handed in by the harness, and sealed", told(*TWO, _readable("a1"), _handed_in(in_the_clear=False),
        _searched()), e2ee=True),
    good("another's", told(*TWO, _readable("a1"), _searched()), e2ee=True, device="Bob"),
    bad("this one's", told(*TWO, _readable("a1"), _searched()), e2ee=True, device="Alice"),
)  # fmt: skip

MUTANTS: tuple[Mutant, ...] = (
    ("if op_id not in handed_in", ""),
    ('if note.fields.get("in_the_clear")', ""),
    ("if not history.lines:", "if False:"),
    ("if not number and what != EVENTS", "if False"),
    ("if not number and what != EVENTS", "if what != EVENTS"),
    ("if not e2ee:", "if e2ee:"),
    ("if not e2ee:", "if False:"),
    ('get(EVENTS, 0) < max(1, lines)', "get(EVENTS, 0) < 0"),
    ("max(1, lines)", "lines"),
    ("max(1, lines)", "1"),
    ("looked.get(group, {})", "next(iter(looked.values()), {})"),
    ("if not history.invokes_by_group:", "if False:"),
    (", unknown)", ")"),
    ("if not entry.sealed:", "if entry.sealed:"),
    ("if not entry.sealed:", "if False:"),
    ("for line in history.of(Readable):", "for line in history.of(Readable)[:1]:"),
    ("if device in (None, _author(history, op_id))", ""),
    ("if theirs:", "if True:"),
    ("witness += theirs", "pass"),
)  # fmt: skip

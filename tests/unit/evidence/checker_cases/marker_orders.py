"""More of marker_integrity: where its order comes from, what may be passed, and clocks that are not exact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.unit.evidence.checker_cases.case import bad, good, is_a, told, unknown
from tests.unit.evidence.histories import Story, change

from syncproof.evidence.lines import Line
from syncproof.evidence.records import Deliver, Log, Marker, Note, Quarantined

Act = Callable[[Story], object]


def _moves(new: str, n: int, *, old: str | None = None, scope: str = "local", incarnation: int = 1) -> Act:
    """Bob's marker."""
    where = {"device": "Bob", "source": "Bob", "incarnation": incarnation, "group": "g"}
    return lambda story: story.add(Marker, scope=scope, old=old, new=new, n=n, **where)


def _sends(count: int) -> Act:
    return lambda story: [story.send("Alice") for _ in range(count)]


def _delivers(device: str, count: int | None = None) -> Act:
    return lambda story: story.deliver(device, count)


def _one(device: str, op_id: str, n: int, place: int | None, **fields: Any) -> Act:
    """A delivery of one operation under a number, at a place of the group's log."""
    made = {"group": "g", "version": str(place), **fields}
    return lambda story: story.add(
        Deliver, device=device, source=device, incarnation=1, n=n, op_id=op_id, kind="append", author="Alice",
        server_order=place, digest=f"d-{op_id}", size=10, path="live", **made,
    )  # fmt: skip


def _of_another_group(story: Story) -> None:
    """Alice has delivered in a second group, whose log has its own places and versions."""
    for n, op_id in enumerate(("x1", "x2"), 4):
        _one("Alice", op_id, n, n - 3, group="other", version=f"other-{n}")(story)


def _aside(op_id: str, place: int) -> Act:
    return lambda story: story.add(
        Quarantined, device="Bob", source="Bob", group="g", op_id=op_id, version=str(place), server_order=place,
        reason="it is broken",
    )  # fmt: skip


def _in_the_log(*op_ids: str) -> Act:
    """The group's own log, whoever has delivered what."""

    def export(story: Story) -> None:
        for place, op_id in enumerate(op_ids, 1):
            story.add(
                Log,
                group="g",
                op_id=op_id,
                version=str(place),
                server_order=place,
                author="Alice",
                digest="d",
            )

    return export


def _restarts(story: Story) -> None:
    story.restart("Bob")


def _unread(story: Story) -> None:
    story.add(Note, device="Bob", what="evidence_unread")


def _late_by(ns: int, *, n: int = 2) -> Callable[[], list[Line]]:
    """Bob's marker at number n is stamped so many nanoseconds before its delivery."""

    def tell() -> list[Line]:
        story = told(_sends(2), _delivers("Bob"), _moves(str(n), n))()
        found = story.lines
        stamp = next(line.t_ns for line in found if isinstance(line, Deliver) and line.n == n)
        return change(found, is_a(Marker), t_ns=stamp - ns)

    return tell


def _without_an_order(story: Story) -> None:
    """A system that puts its operations into no order: a version is a name, and the device's own order is all."""
    for n, op_id in enumerate(("a1", "a2"), 1):
        _one("Bob", op_id, n, None, version=f"v{n}")(story)
        _moves(f"v{n}", n, old=f"v{n - 1}" if n > 1 else None)(story)


CASES = (
    # where the order comes from
    bad(
        "past what only another device has, without the group's own log",
        told(
            _sends(3), _delivers("Alice"), _one("Bob", "a1", 1, 1), _one("Bob", "a3", 2, 3), _moves("3", 2)
        ),
        "passed Alice #2",
    ),
    good(
        "another group has places of its own, without a log",
        told(_sends(3), _delivers("Alice"), _of_another_group, _delivers("Bob"), _moves("3", 3)),
    ),
    bad(
        "past what only the log has",
        told(
            _sends(3), _one("Bob", "a1", 1, 1), _one("Bob", "a3", 2, 3), _moves("3", 2),
            _in_the_log("a1", "a2", "a3"),
        ),
        "passed Alice #2",
    ),
    good("a system without an order of its own", told(_without_an_order)),
    # what may be passed
    good(
        "past what was quarantined",
        told(
            _sends(2), _one("Bob", "a1", 1, 1), _aside("x", 2), _one("Bob", "a2", 2, 3), _moves("3", 2),
            _in_the_log("a1", "x", "a2"),
        ),
    ),
    good(
        "past what was quarantined in the beginning",
        told(_sends(1), _aside("x", 1), _one("Bob", "a1", 1, 2), _moves("2", 1), _in_the_log("x", "a1")),
    ),
    bad(
        "at what was quarantined, past what came before it under a later number",
        told(
            _sends(2), _one("Bob", "a1", 1, 1), _one("Bob", "a2", 2, 2), _aside("x", 3), _moves("3", 1),
            _in_the_log("a1", "a2", "x"),
        ),
        "passed Alice #2",
    ),
    bad(
        "quarantined by nobody",
        told(_sends(2), _one("Bob", "a2", 1, 2), _moves("2", 1), _in_the_log("a1", "a2")),
        "passed Alice #1",
    ),
    # clocks that are not exact
    bad("before the first was delivered", _late_by(1, n=1), "number 1 before that was delivered (Alice #1)"),
    good("at the same moment", _late_by(0)),
    bad("a moment before", _late_by(1), "stood at number 2 before that was delivered"),
    # where it had been
    bad(
        "back in number at the same version",
        told(_sends(3), _delivers("Bob"), _moves("2", 2), _moves("2", 3, old="2"), _moves("2", 2, old="2")),
        "went back from 2 (number 3) to 2 (number 2)",
    ),
    bad(
        "on from a version that nobody has",
        told(_sends(2), _delivers("Bob"), _moves("1", 1), _moves("2", 2, old="99")),
        "had been at 1, and then moved on from 99",
    ),
    bad(
        "on from nothing behind the first",
        told(_sends(2), _delivers("Bob"), _moves("1", 1), _moves("2", 2)),
        "had been at 1, and then moved on from nothing",
    ),
    # a delivery log that was not read to its end shows no lack
    unknown(
        "beyond what was read",
        told(_sends(3), _delivers("Bob", 1), _moves("3", 3), _unread, _in_the_log("a1", "a2", "a3")),
        "Bob's delivery log was not read to its end",
    ),
    unknown(
        "at a version that nobody has read",
        told(_sends(1), _delivers("Bob"), _moves("99", 1), _unread),
        "Bob's delivery log was not read to its end",
    ),
    bad(
        "past what was read under a later number",
        told(_sends(2), _one("Bob", "a2", 1, 2), _one("Bob", "a1", 2, 1), _moves("2", 1), _unread),
        "passed Alice #1",
    ),
    bad(
        "back, in a log that was not read to its end",
        told(_sends(2), _delivers("Bob"), _moves("2", 2), _moves("1", 1), _unread),
        "went back from 2",
    ),
    good(
        "read after all",
        told(
            _sends(1), _delivers("Bob"), _moves("1", 1), _unread,
            lambda story: story.add(Note, device="Bob", what="evidence_read"),
        ),
    ),
    # the relay's and the device's own, over a restart
    good(
        "the relay's alone after a restart",
        told(_sends(2), _delivers("Bob"), _restarts, _moves("2", 2, scope="remote", incarnation=2)),
    ),
    bad(
        "the relay's past the device's own of the same life",
        told(
            _sends(2), _delivers("Bob"), _restarts, _moves("1", 1, incarnation=2),
            _moves("2", 2, scope="remote", incarnation=2),
        ),
        "is past the local one at 1",
    ),
)  # fmt: skip

"""Where read markers got to, and what had to come before."""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Catchup, Marker, Record, installation


def marker_reaches(history: History, *, device: str, count: int, asked_ns: int, within_ns: int) -> Verdict:
    """A read marker got to this message, by the deadline: that of the device itself, and the one that the relay knows.

    count: messages of others that must lie at or before it.
    """
    log, deadline = history.devices.get(device), due(history, asked_ns, within_ns)
    moves = history.of(Marker, device)
    if log is None or not moves:
        return nothing_to_judge("marker_reaches", f"no marker of {device} moved")
    now = installation(log.incarnation)
    at = {"local": 0, "remote": 0}
    for move in moves:
        if move.t_ns <= deadline and installation(move.incarnation) == now:
            at[move.scope] = sum(1 for entry in log.latest[: move.n] if entry.author != device)
    faults = []
    if min(at.values()) < count:
        faults = [
            f"expected {device}'s marker to reach message {count}, here and on the relay, {within(within_ns)}; it "
            f"stands at {at['local']} here and at {at['remote']} on the relay"
        ]
    return judge("marker_reaches", faults, (), f"{device}'s marker reached message {count}")


def catch_up_before_marker(history: History, *, device: str, asked_ns: int, within_ns: int) -> Verdict:
    """A device caught up before its read marker moved, and had noticed that it was asleep, by the deadline."""
    since, deadline = history.came_back(device), due(history, asked_ns, within_ns)
    if not since:
        return nothing_to_judge("catch_up_before_marker", f"{device} has not come back")
    steps: list[Record] = [
        line
        for kind in (Catchup, Marker)
        for line in history.of(kind, device)
        if line.source == device
        and since <= line.t_ns <= deadline  # not where the harness only read a marker
    ]
    steps.sort(key=lambda line: (line.incarnation, line.source_seq))
    took_page, first = False, None
    for line in steps:
        took_page |= isinstance(line, Catchup) and line.state in ("page", "ended")
        if isinstance(line, Marker):
            first = line
            break
    faults = []
    if first is None:
        faults.append(f"expected {device}'s marker to move after it woke up, {within(within_ns)}")
    elif not took_page:
        faults.append(
            f"expected {device} to run catch-up before advancing its marker; after the wake the marker went from "
            f"{first.old} to {first.new} ({first.scope}) before any catch-up had taken a page"
        )
    if not any(note.t_ns >= since for note in history.notes("wake", device)):
        faults.append(f"expected {device} to notice that it had been asleep; it reported no wake")
    return judge("catch_up_before_marker", faults, (), f"{device} caught up, then its marker moved")


def server_marker(history: History, *, device: str, count: int, asked_ns: int, within_ns: int) -> Verdict:
    """The relay knows a read marker at this message, by its own word, by the deadline.

    count: messages of others at or before it, neither more nor less.
    """
    deadline = due(history, asked_ns, within_ns)
    told = [note.fields["place"] for note in history.notes("server_marker", device) if note.t_ns <= deadline]
    if not told:
        return nothing_to_judge("server_marker", "the relay was not asked")
    assert isinstance(told[-1], int)
    stands = marked_by(history, device, told[-1])
    expected = f"expected the relay to know {device}'s marker at message {count} {within(within_ns)}"
    faults = [f"{expected}; by its own word it stands at message {stands}"] if stands != count else []
    return judge("server_marker", faults, (), f"the relay knows {device}'s marker at message {count}")


def marked_by(history: History, device: str, place: int) -> int:
    """How many messages of others that a device has lie at or before a place of the relay's log."""
    return sum(
        1
        for entry in history.deliveries(device)
        if entry.author != device and entry.server_order is not None and entry.server_order <= place
    )


def mark_refused(history: History, *, device: str) -> Verdict:
    """A device refused to mark a message that it does not have."""
    asked = history.notes("marked_too_early", device)
    if not asked:
        return nothing_to_judge("mark_refused", f"{device} was not asked to mark anything too early")
    taken = tuple(str(note.fields["op_id"]) for note in asked if note.fields["answer"] == "taken")
    faults = [
        f"expected {device} to refuse the mark at a message that it does not have (PUT /marker: 400); it was taken"
    ]
    return judge("mark_refused", faults if taken else [], taken, f"{device} refused it")


LIVENESS = {
    "marker_reaches": marker_reaches,
    "catch_up_before_marker": catch_up_before_marker,
    "server_marker": server_marker,
    "mark_refused": mark_refused,
}

"""What is judged of devices that come back and catch up, or that have left."""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Catchup, Connection, Held


def catch_up(history: History, *, device: str, asked_ns: int, within_ns: int) -> Verdict:
    """A device caught up after it came back: a catch-up that brought something, and that ended, by the deadline.

    It must not have said before that it is live: its user would take what it shows for all there is.
    """
    since, deadline = history.came_back(device), due(history, asked_ns, within_ns)
    if not since:
        return nothing_to_judge("catch_up", f"{device} has not come back")
    steps = [step for step in history.of(Catchup, device) if since <= step.t_ns <= deadline]
    pages = [step.t_ns for step in steps if step.state == "page" and step.got > 0]
    expected = f"expected {device} to have caught up {within(within_ns)} after it came back"
    faults = []
    if not pages or not any(step.state == "ended" for step in steps):
        faults = [f"{expected}; its catch-up {'did not end' if pages else 'brought nothing'}"]
    elif any(
        line.state == "live" and since <= line.t_ns < pages[0] for line in history.of(Connection, device)
    ):
        faults = [f"{expected}; it said that it is live before its catch-up had brought anything"]
    return judge("catch_up", faults, (), f"{device} caught up")


def catch_up_in_pages(history: History, *, device: str, asked_ns: int, within_ns: int) -> Verdict:
    """A device caught up page by page, and its `catchupBatches` told of it meanwhile."""
    since, deadline = history.came_back(device), due(history, asked_ns, within_ns)
    if not since:
        return nothing_to_judge("catch_up_in_pages", f"{device} has not come back")
    pages = [
        step.t_ns
        for step in history.of(Catchup, device)
        if step.state == "page" and step.got > 0 and since <= step.t_ns <= deadline
    ]
    arrived = [entry.t_ns for entry in history.deliveries(device) if entry.t_ns >= since]
    figures = [note.fields for note in history.notes("catchup_batches", device) if note.t_ns >= asked_ns]
    told = max((_number(each["value"]) for each in figures if each["missing"]), default=0)
    last = _number(figures[-1]["value"]) if figures else 0
    faults = []
    if len(pages) < 2 or not arrived or min(arrived) >= pages[-1] or not (told or last >= len(pages)):
        faults = [
            f"expected {device} to catch up page by page {within(within_ns)}: {len(pages)} pages are on record, and "
            f"catchupBatches was {told or last:g} {'while messages were missing' if told else 'in the end'}"
        ]
    return judge("catch_up_in_pages", faults, (), f"{len(pages)} pages, {told or last:g} of them told")


def _number(value: object) -> float:
    return value if isinstance(value, (int, float)) else 0


def held_back(history: History, *, device: str, number: int, asked_ns: int, within_ns: int) -> Verdict:
    """A live message came while catch-up was running (unknown if it came too late).

    number: of the message among those of its sender.
    """
    since, deadline = history.came_back(device), due(history, asked_ns, within_ns)
    if not since:
        return nothing_to_judge("held_back", f"{device} has not come back")
    operations = history.operations
    for line in history.of(Held, device):
        held = operations.get(line.op_id)
        if held is not None and held.author_n == number and since <= line.t_ns <= deadline:
            return Verdict("held_back", "pass", f"{device} held message {number} back")
    if any(step.state == "ended" and step.t_ns >= since for step in history.of(Catchup, device)):
        return Verdict(
            "held_back",
            "unknown",
            f"inconclusive: {device}'s catch-up had ended before message {number} arrived live, so that nothing could "
            "have skipped ahead. Slow the link more, or send more before",
        )
    return Verdict(
        "held_back", "fail", f"expected message {number} to reach {device} live {within(within_ns)}"
    )


def membership(history: History, *, device: str | None = None) -> Verdict:
    """Who has left a group gets nothing more of it.

    Nothing that a device was asked for after another one had left may be in the delivery log of that one, in any of
    its incarnations. What was under way when it left may have come or not. A history that nobody leaves passes.

    device: judge only this one.
    """
    if not history.lines:
        return nothing_to_judge("membership", "the history is empty")
    faults: list[str] = []
    witness: list[str] = []
    gone = [
        (name, group, left.t_ns)
        for group, leavers in history.left.items()
        for name, left in leavers.items()
        if device in (None, name)
    ]
    for name, group, since_ns in gone:
        log = history.devices.get(name)
        delivered = {line.op_id for lines in log.by_incarnation.values() for line in lines} if log else set()
        late = [
            operation.op_id
            for operation in history.invokes_by_group.get(group, ())
            if operation.t_ns > since_ns and operation.op_id in delivered
        ]
        if late:
            witness += late
            faults.append(
                f"{name} got {count(len(late), 'operation')} after it had left: {named(history, late)}"
            )
    return judge("membership", faults, witness, f"{count(len(gone), 'device')} left, and got nothing more")


SAFETY = {"membership": membership}
LIVENESS = {
    "catch_up": catch_up,
    "catch_up_in_pages": catch_up_in_pages,
    "held_back": held_back,
}

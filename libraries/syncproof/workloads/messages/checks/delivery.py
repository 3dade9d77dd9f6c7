"""Whether messages arrived."""

from __future__ import annotations

from collections.abc import Iterator

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Invoke


def delivery(
    history: History,
    *,
    device: str,
    asked_ns: int,
    within_ns: int,
    wanted: int | None,
    own: bool,
    first: int,
    last: int | None,
) -> Verdict:
    """A device received what it should, by the deadline.

    wanted: how many operations that must be, where a sentence says so. own: the device's own as well. first, last: only
    these of each author's, by number.
    """
    sent = [
        invoke
        for invoke in _of_members(history)
        if (own or invoke.author != device)
        and first <= invoke.author_n <= (invoke.author_n if last is None else last)
    ]
    if not sent:
        return nothing_to_judge("delivery", f"nobody sent {device} anything")
    if wanted not in (None, len(sent)):
        return Verdict(
            "delivery", "fail", f"{device} should have {count(wanted or 0, 'message')}; {len(sent)} were sent"
        )
    delivered, deadline = history.delivered(device), due(history, asked_ns, within_ns)
    missing = tuple(invoke.op_id for invoke in sent if invoke.op_id not in delivered)
    late = tuple(
        invoke.op_id
        for invoke in sent
        if invoke.op_id in delivered and delivered[invoke.op_id].t_ns > deadline
    )
    what = f"all {count(len(sent), 'message')}" if last is None else f"messages {first} to {last}"
    expected = (
        f"expected {device} to {'have' if own else 'receive'} {what}{', its own included,' if own else ''}"
    )
    if missing:
        return Verdict("delivery", "fail", f"{expected} {within(within_ns)}", missing=missing)
    faults = [f"{expected} {within(within_ns)}; {count(len(late), 'message')} came later"] if late else []
    return judge("delivery", faults, late, f"{device} has {what}")


def _of_members(history: History) -> Iterator[Invoke]:
    """What members of a group were asked for: what another client sends under a name of its own is no message."""
    members = {group: set(devices) for group, devices in history.members.items()}
    return (each for each in history.invokes() if each.author in members.get(each.group, ()))


LIVENESS = {"delivery": delivery}

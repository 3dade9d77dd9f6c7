"""Recovery takes no longer than its bound: from the proved end of the last fault to the last delivery that had to come.

What had to come: everything that the system took (see no_loss) of what was asked for before that end, at
every member.
"""

from __future__ import annotations

from syncproof.evidence.checkers.no_loss import taken
from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge, unread
from syncproof.evidence.history import History


def check(
    history: History, *, bound_ns: int, device: str | None = None, durable_outbox: bool = True
) -> Verdict:
    """bound_ns: longest recovery allowed, nanoseconds. device, durable_outbox: as for no_loss."""
    if not history.faults:
        return nothing_to_judge("recovery_bound", "there was no fault")
    ends = [
        next((edge.t_ns for edge in edges if edge.edge == "end"), -1) for edges in history.faults.values()
    ]
    if min(ends) < 0:
        return Verdict("recovery_bound", "unknown", "unknown: a fault was never proved to have ended")
    end = max(ends)
    undelivered: dict[str, None] = {}
    unknown: dict[str, None] = {}
    last, slowest, slowest_at, judged = end, "", "", 0
    for group, op_ids in taken(history, durable_outbox=durable_outbox).items():
        members = [name for name in history.members.get(group, {}) if device in (None, name)]
        for op_id in op_ids:
            if history.operations[op_id].t_ns > end:
                continue
            for name in members:
                judged += 1
                if why := unread(history, name):
                    unknown[why] = None
                    continue
                entry = history.delivered(name).get(op_id)
                if entry is None:
                    undelivered[op_id] = None
                elif entry.t_ns > last:
                    last, slowest, slowest_at = entry.t_ns, op_id, name
    if not judged:
        return nothing_to_judge("recovery_bound", "nothing had been sent when the last fault ended")
    if undelivered:
        return Verdict(
            "recovery_bound",
            "fail",
            f"{count(len(undelivered), 'operation')} never arrived: {named(history, undelivered)}",
            tuple(undelivered),
        )
    took = f"recovery took {(last - end) / 1e9:.1f} s"
    if last - end > bound_ns:
        return Verdict(
            "recovery_bound",
            "fail",
            f"{took} after the last fault ended, more than {bound_ns / 1e9:g} s; the last to come was "
            f"{history.name(slowest)} at {slowest_at}",
            (slowest,),
        )
    return judge("recovery_bound", [], (), f"{took}, at most {bound_ns / 1e9:g} s", list(unknown))

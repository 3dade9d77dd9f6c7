"""Nothing that the system took is lost.

Every operation that the harness saw acknowledged (and, with a durable outbox, accepted) must be in the
system's own log of its group, where that was exported, and in the delivery log of every member as its latest
incarnation has it. So must every one that stands in the system's own log: it has happened, with or without an answer.
"""

from __future__ import annotations

from typing import Literal

from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge, unread
from syncproof.evidence.history import History


def check(
    history: History,
    *,
    device: str | None = None,
    durable_outbox: bool = True,
    delivery: Literal["all", "refetch"] = "all",
) -> Verdict:
    """device: judge only this one. durable_outbox: what a device accepted must arrive as well.

    delivery: what the system promises. Where it is `refetch`, the check nothing_missed judges in place of this one.
    """
    if delivery != "all":
        return Verdict("no_loss", "pass", "the system tells who may have missed something")
    required = taken(history, durable_outbox=durable_outbox)
    if not any(required.values()):
        return nothing_to_judge("no_loss", "no operation was acknowledged or accepted")
    faults: list[str] = []
    witness: list[str] = []
    unknown: list[str] = []
    judged = 0
    for group, op_ids in required.items():
        members = [name for name in history.members.get(group, {}) if device in (None, name)]
        for name in members:
            judged += 1
            if why := unread(history, name):
                unknown.append(why)
                continue
            delivered = history.delivered(name)
            missing = [op_id for op_id in op_ids if op_id not in delivered]
            if missing:
                witness += missing
                faults.append(
                    f"{name} lost {count(len(missing), 'operation')} of {len(op_ids)}: "
                    f"{named(history, missing)}"
                )
        if group in history.exported and device is None:
            logged = {line.op_id for line in history.log.get(group, ())}
            missing = [op_id for op_id in op_ids if op_id not in logged]
            if missing:
                witness += missing
                faults.append(
                    f"the log of {group} lacks {count(len(missing), 'operation')} of {len(op_ids)} that the "
                    f"system took: {named(history, missing)}"
                )
    if not judged:
        return nothing_to_judge("no_loss", "no device belongs to a group with operations")
    total = sum(len(op_ids) for op_ids in required.values())
    exported = all(group in history.exported for group, op_ids in required.items() if op_ids)
    by = " and in the server's own log" if exported else "; no server's own log was read"
    return judge("no_loss", faults, witness, f"{count(total, 'operation')} at every member{by}", unknown)


def taken(history: History, *, durable_outbox: bool) -> dict[str, list[str]]:
    """Group -> op_ids that the system took and therefore must deliver, in the order of asking."""
    acks, accepts, refusals = history.acks, history.accepts, history.refusals
    required: dict[str, list[str]] = {}
    for group, operations in history.invokes_by_group.items():
        logged, members = {line.op_id for line in history.log.get(group, ())}, history.members.get(group, {})
        required[group] = [
            op.op_id
            for op in operations
            if op.op_id in acks
            or (
                op.op_id not in refusals
                # A server may store from others what no device can read.
                and (
                    (op.op_id in logged and op.author in members) or (durable_outbox and op.op_id in accepts)
                )
            )
        ]
    return required

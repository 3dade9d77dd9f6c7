"""What became of every message: when it was asked for, when the system had it, who got it when, who never did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from syncproof.evidence.checkers.no_loss import taken
from syncproof.evidence.history import History
from syncproof.evidence.records import Deliver, Invoke


@dataclass(frozen=True)
class Message:
    """One operation and its way.

    stored_ns: the earliest sign that the system had it (its acknowledgement, or a delivery to anybody); None
    without one. arrivals: device -> its first delivery there, in whichever incarnation. missing: members that
    must have it (see no_loss) and do not have it in the end.
    """

    operation: Invoke
    name: str
    stored_ns: int | None
    acked_ns: int | None
    arrivals: Mapping[str, Deliver]
    missing: tuple[str, ...]


def messages(history: History) -> list[Message]:
    """All operations in the order of asking."""
    arrived = {name: _first_arrivals(history, name) for name in history.devices}
    must = {op_id for op_ids in taken(history, durable_outbox=True).values() for op_id in op_ids}
    return [_message(history, operation, arrived, must) for operation in history.invokes()]


def _message(
    history: History, operation: Invoke, arrived: Mapping[str, Mapping[str, Deliver]], must: set[str]
) -> Message:
    op_id = operation.op_id
    arrivals = {name: found[op_id] for name, found in arrived.items() if op_id in found}
    ack = history.acks.get(op_id)
    signs = [entry.t_ns for entry in arrivals.values()] + ([ack.t_ns] if ack else [])
    missing = [
        name
        for name in history.members.get(operation.group, {})
        if op_id in must and op_id not in history.delivered(name)
    ]
    return Message(
        operation,
        history.name(op_id),
        min(signs, default=None),
        ack.t_ns if ack else None,
        arrivals,
        tuple(missing),
    )


def _first_arrivals(history: History, device: str) -> dict[str, Deliver]:
    """op_id -> the entry as it was first seen: after a restart the whole log is read again, with later stamps."""
    first: dict[str, Deliver] = {}
    for _, entries in sorted(history.devices[device].by_incarnation.items()):
        for entry in entries:
            first.setdefault(entry.op_id, entry)
    return first

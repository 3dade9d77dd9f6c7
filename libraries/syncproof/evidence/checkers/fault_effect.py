"""Every fault bit: it took effect, and something was outstanding on a link that it touched. Else: inconclusive.

Outstanding at a device is: an operation that it was asked for and that is not settled; an operation of its
group that is on its way to it; a local read marker that the system does not know yet; whatever else a kind of line
calls outstanding, such as an attachment in transfer. Where it was nothing but a read marker, the verdict says so: such
a fault bit, but no message was at risk.

That a link is cut a probe proves, and not that its device uses it: who gets what was sent elsewhere after the proof and
before the cut was lifted walks around the proxy, and comes through every fault of its link unharmed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from syncproof.evidence.checkers.verdict import Verdict, count, named, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.lines import kinds
from syncproof.evidence.records import NEVER, Fault, Interval, Invoke


def check(history: History, *, device: str | None = None) -> Verdict:
    """device: judge only faults that touch this one. A history without faults passes."""
    if not history.lines:
        return nothing_to_judge("fault_effect", "the history is empty")
    faults = [e for e in history.faults.values() if device is None or device in e[0].relevant_to]
    first_seen = _first_seen(history)
    missed: list[str] = []
    harmless: list[str] = []
    for edges in faults:
        first = edges[0]
        name = f"{first.kind}{f' ({first.requested})' if first.requested else ''} on {' and '.join(first.target)}"
        links = " or ".join(first.relevant_to) or "any device"
        if not any(edge.effective for edge in edges):
            why = edges[-1].hindrance
            missed.append(f"the {name} was never seen to take effect{f': {why}' if why else ''}")
        elif detours := list(_detours(history, edges)):
            missed += detours
        elif _met(edges, lambda device: _at_risk(history, device, first_seen)):
            continue
        elif _met(edges, lambda device: _unknown_markers(history, device)):
            harmless.append(
                f"only a read marker was outstanding at {links} while the {name} lasted: no message was at risk"
            )
        else:
            missed.append(f"nothing was outstanding at {links} while the {name} lasted")
    if missed:
        return Verdict("fault_effect", "unknown", "inconclusive: " + "; ".join(missed))
    passed = f"{count(len(faults), 'fault')}, each effective and relevant"
    return Verdict("fault_effect", "pass", "; ".join([passed, *harmless]), remark="; ".join(harmless))


def _detours(history: History, edges: Sequence[Fault]) -> Iterator[str]:
    """Which devices do not use the link that this fault has cut off, if it has."""
    if not edges[0].isolates:
        return
    proved = next(edge.t_ns for edge in edges if edge.effective)
    lifted = next((edge.lifted_ns for edge in edges if edge.edge == "end"), NEVER)
    for device in edges[0].target:
        if lifted == NEVER:  # until a fault has healed it has no end; that it was lifted is on record before
            back = (note.t_ns for note in history.notes("came_back", device) if note.t_ns > proved)
            until = min(back, default=NEVER)
        else:
            until = lifted
        log = history.devices.get(device)
        got = [
            op_id
            for op_id, entry in (log.first if log else {}).items()
            if entry.t_ns < until
            and (asked := history.operations.get(op_id)) is not None
            and asked.device != device
            and asked.t_ns > proved
        ]
        if got:
            yield f"{device} does not use its link: it got {named(history, got)}, sent elsewhere while that was cut"


def _met(edges: Sequence[Fault], outstanding: Callable[[str], Iterator[Interval]]) -> bool:
    """Whether something was outstanding at one of a fault's devices while it lasted."""
    start = edges[0].t_ns
    end = next((edge.t_ns for edge in edges if edge.edge == "end"), NEVER)
    return any(
        since < end and until > start
        for device in edges[0].relevant_to
        for since, until in outstanding(device)
    )


def _at_risk(history: History, device: str, first_seen: dict[str, int]) -> Iterator[Interval]:
    """All but read markers: when one is late, nothing is lost."""
    delivered = history.delivered(device)
    for operation in history.operations.values():
        arrival = delivered.get(operation.op_id)
        arrived = arrival.t_ns if arrival else NEVER
        if operation.device == device:
            result = history.outcome(operation.op_id)
            yield operation.t_ns, min(result.t_ns if result else NEVER, arrived)
        elif device in history.members.get(operation.group, {}):
            stored = first_seen.get(operation.op_id)
            if stored is not None:
                yield _left(history, operation, stored), arrived
    for kind in kinds():
        if "outstanding" in vars(kind):
            yield from kind.outstanding(history.of(kind, device))


def _first_seen(history: History) -> dict[str, int]:
    """op_id -> the earliest sign that the system has it: its acknowledgement, or a delivery to anybody."""
    seen = {op_id: result.t_ns for op_id, result in history.acks.items()}
    for log in history.devices.values():
        for op_id, entry in log.first.items():
            if entry.t_ns < seen.get(op_id, NEVER):
                seen[op_id] = entry.t_ns
    return seen


def _left(history: History, operation: Invoke, stored: int) -> int:
    """When the operation was on its way to the others.

    At once when its device had it, unless a fault that stops things was on that device before the system had
    it: then it may have waited there.
    """
    for edges in history.faults.values():
        first = edges[0]
        if first.slows or operation.device not in first.relevant_to:
            continue
        end = next((edge.t_ns for edge in edges if edge.edge == "end"), NEVER)
        if first.t_ns < stored and end > operation.t_ns:
            return stored
    return operation.t_ns


def _unknown_markers(history: History, device: str) -> Iterator[Interval]:
    for (owner, group, scope), moves in history.markers.items():
        if owner != device or scope != "local":
            continue
        remote = iter(history.markers.get((device, group, "remote"), ()))
        known = next(remote, None)
        for move in moves:
            while known is not None and known.n < move.n:
                known = next(remote, None)
            yield move.t_ns, known.t_ns if known is not None else NEVER

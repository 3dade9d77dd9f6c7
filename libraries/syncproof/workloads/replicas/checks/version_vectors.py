"""All members of a group have one version vector: how many operations of each author they hold, and which.

A vector is read from what a device delivered: of each author the number of the last operation, and those before it that
are missing. A device that tells clocks of its own is held to them too: of each entry the merged clocks of the versions
that it has delivered. Everything has come to rest by then, so that nothing is merely late.

Source: plan Z-5.3.1 (assert_version_vectors_converged) and Z-7.3.1 (Invariant 4).
"""

from __future__ import annotations

from syncproof.evidence import vector_clock
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge, unread
from syncproof.evidence.history import History
from syncproof.evidence.vector_clock import VectorClock


def version_vectors(history: History, *, device: str | None = None) -> Verdict:
    """All members of a group have equal version vectors, without a hole, and equal clocks of each entry.

    device: judge only groups of this one.
    """
    faults: list[str] = []
    unknown: list[str] = []
    judged = 0
    for group, members in history.members.items():
        if device is not None and device not in members:
            continue
        unknown += filter(None, (unread(history, name) for name in members))
        names = [name for name in members if not unread(history, name)]
        vectors = {name: _vector(history, name, group) for name in names}
        if len(names) < 2 or not any(vectors.values()):
            continue
        judged += 1
        faults += [hole for name in names for hole in _holes(history, name, group, vectors[name])]
        faults += _apart(vectors, "version vectors")
        clocks = {name: _clocks(history, name, group) for name in names}
        for entry in dict.fromkeys(entry for each in clocks.values() for entry in each):
            of_entry = {name: each.get(entry, {}) for name, each in clocks.items()}
            faults += _apart(of_entry, f'clocks of entry "{entry}"')
    if not judged and not unknown:
        return nothing_to_judge("version_vectors", "no two members of a group got anything")
    return judge("version_vectors", faults, (), f"equal in {count(judged, 'group')}", unknown)


def _vector(history: History, device: str, group: str) -> VectorClock:
    """Author -> number of the last operation of his that the device holds."""
    vector: VectorClock = {}
    for op_id, entry in history.delivered(device).items():
        operation = history.operations.get(op_id)
        if operation is not None and entry.group == group:
            vector[operation.author] = max(vector.get(operation.author, 0), operation.author_n)
    return vector


def _holes(history: History, device: str, group: str, vector: VectorClock) -> list[str]:
    """Operations below the vector that the device does not hold, and that did happen."""
    delivered = history.delivered(device)
    missing = [
        operation.op_id
        for operation in history.invokes_by_group.get(group, ())
        if operation.author_n < vector.get(operation.author, 0)
        and operation.op_id not in delivered
        and operation.op_id not in history.refusals
    ]
    if not missing:
        return []
    lacked = ", ".join(history.name(op_id) for op_id in missing[:3])
    return [f"{device}'s version vector {vector_clock.write(vector)} has a hole: {lacked}"]


def _clocks(history: History, device: str, group: str) -> dict[str, VectorClock]:
    """Entry -> the merged clocks of its versions, as the device told them."""
    found: dict[str, VectorClock] = {}
    for entry in history.deliveries(device):
        if entry.group == group and entry.entry is not None and entry.clock is not None:
            found[entry.entry] = vector_clock.merge([found.get(entry.entry, {}), entry.clock])
    return found


def _apart(vectors: dict[str, VectorClock], what: str) -> list[str]:
    """That they are not all one."""
    first = next(iter(vectors.values()))
    if all(vector_clock.compare(first, vector) == "equal" for vector in vectors.values()):
        return []
    told = ", ".join(f"{name} has {vector_clock.write(vector)}" for name, vector in vectors.items())
    return [f"expected equal {what}; {told}"]


LIVENESS = {"version_vectors": version_vectors}

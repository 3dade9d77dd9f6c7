"""Entries with several attachments: some of them are not all of them."""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import HARNESS, Blob, Entry


def part_of_collection(
    history: History, *, device: str, op_id: str, wanted: int, asked_ns: int, within_ns: int
) -> Verdict:
    """A device has so many attachments of an entry and lacks the others by the deadline, and does not show the entry.

    op_id: what wrote the entry. Whoever asks the device for one of the others must get nothing, and there must have
    been somebody.
    """
    invoke = history.operations.get(op_id)
    if invoke is None:
        return nothing_to_judge("part_of_collection", "the entry was not written")
    deadline = due(history, asked_ns, within_ns)
    looks = [
        line
        for line in history.of(Blob, device)
        if line.source == HARNESS and line.digest in invoke.blobs and line.t_ns <= deadline
    ]
    whole = {line.digest for line in looks if line.state == "read" and line.content == line.digest}
    wrong = {line.digest for line in looks if line.state == "read" and line.content != line.digest}
    absent = {line.digest for line in looks if line.state == "absent"} - whole - wrong
    told = {
        line.digest for line in history.of(Blob, device) if line.state == "missing" and line.source == device
    }
    shown = [
        view
        for view in history.of(Entry, device)
        if view.entry == invoke.entry and any(each.digest == invoke.digest for each in view.siblings)
    ]
    count = len(set(invoke.blobs))
    faults = []
    if len(whole) != wanted or len(absent) != count - wanted:
        faults.append(
            f"expected {device} to have {wanted} of {count} attachments whole {within(within_ns)}, and to lack the "
            f"others; it hands out {len(whole)} whole and nothing for {len(absent)}"
        )
    if wrong:
        faults.append(f"{device} hands out something else than the whole for {len(wrong)} of them")
    if absent - told:
        faults.append(f"{device} does not say that {len(absent - told)} of them are missing")
    if shown:
        faults.append(
            f"{device} shows {invoke.author}'s entry, and lacks {count - len(whole)} of its attachments"
        )
    return judge(
        "part_of_collection", faults, (op_id,), f"{device} has {wanted} of {count}, and shows no entry"
    )


LIVENESS = {"part_of_collection": part_of_collection}

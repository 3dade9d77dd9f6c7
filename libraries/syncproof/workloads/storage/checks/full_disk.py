"""What is judged of devices whose disk is full."""

from __future__ import annotations

from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import NEVER, Retry

#: What a device tries again when its disk has refused it, in the words of the agent protocol.
COMMIT = "commit"


def full_disk_told(history: History, *, device: str | None = None) -> Verdict:
    """A device whose disk is full says so: it reports that a commit has failed and is tried again.

    At least one retry of a ``commit`` must be on record from the beginning of each full disk to its end.

    device: judge only the disks of this one.
    """
    faults: list[str] = []
    full = [
        (name, edges)
        for edges in history.faults.values()
        if edges[0].kind == "full_disk"
        for name in edges[0].target
        if name in history.devices and device in (None, name)
    ]
    if not full:
        return nothing_to_judge("full_disk_told", "no device had a full disk")
    for name, edges in full:
        since = edges[0].t_ns
        until = next((edge.t_ns for edge in edges if edge.edge == "end"), NEVER)
        told = [
            retry
            for retry in history.of(Retry, name)
            if retry.what == COMMIT and since <= retry.t_ns <= until
        ]
        if not told:
            faults.append(f"{name} said nothing of a commit that failed while its disk was full")
    return judge("full_disk_told", faults, (), f"{count(len(full), 'full disk')}, each told by its device")


LIVENESS = {"full_disk_told": full_disk_told}

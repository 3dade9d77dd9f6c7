"""Whether a device keeps what it has taken until it is acknowledged, and takes no more than it can keep."""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History

#: Notes of the harness: how many messages wait, by the device's own word; what it answered to one too many.
WAITING, ONE_MORE = "outbox", "one_more"
FULL = "outbox_full"


def outbox_holds(history: History, *, device: str, wanted: int, asked_ns: int, within_ns: int) -> Verdict:
    """So many messages wait at a device to be pushed, by the deadline.

    wanted: how many.
    """
    told = [note for note in history.notes(WAITING, device) if note.t_ns >= asked_ns]
    if not told:
        return nothing_to_judge("outbox_holds", f"nobody asked {device} what waits")
    waiting = told[-1].fields["waiting"]
    expected = f"expected {count(wanted, 'message')} of {device} to wait to be pushed {within(within_ns)}"
    faults = [] if waiting == wanted else [f"{expected}; {waiting} do"]
    return judge("outbox_holds", faults, (), f"{count(wanted, 'message')} of {device} wait")


def refused_when_full(history: History, *, device: str) -> Verdict:
    """A device whose outbox is full refuses one message more, and says why."""
    asked = history.notes(ONE_MORE, device)
    if not asked:
        return nothing_to_judge("refused_when_full", f"nobody asked {device} for one message more")
    answer = asked[-1].fields["answer"]
    faults = []
    if answer != FULL:
        faults = [
            f"expected {device} to refuse one message more because its outbox is full; it answered '{answer}'"
        ]
    return judge("refused_when_full", faults, (), f"{device} refused one message more")


LIVENESS = {"outbox_holds": outbox_holds, "refused_when_full": refused_when_full}

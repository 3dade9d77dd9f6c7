"""Whether a device keeps what it has taken until it is acknowledged, and takes no more than it can keep."""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import within
from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History

#: Notes of the harness: how many messages wait, by the device's own word; what it answered to one too many.
WAITING, ONE_MORE = "outbox", "one_more"
#: Errors of the agent protocol with which a device refuses a message, and what they mean.
REASONS = {"outbox_full": "its outbox is full", "storage": "its disk is full", "too_large": "it is too long"}


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


def refused(history: History, *, device: str, code: str) -> Verdict:
    """A device refuses what it cannot keep or the relay will not take, and says why.

    code: the error that it must answer with, one of REASONS.
    """
    asked = history.notes(ONE_MORE, device)
    if not asked:
        return nothing_to_judge("refused", f"nobody asked {device} for one message more")
    answer = asked[-1].fields["answer"]
    faults = []
    if answer != code:
        faults = [
            f"expected {device} to refuse one message more because {REASONS[code]}; it answered '{answer}'"
        ]
    return judge("refused", faults, (), f"{device} refused one message more")


LIVENESS = {"outbox_holds": outbox_holds, "refused": refused}

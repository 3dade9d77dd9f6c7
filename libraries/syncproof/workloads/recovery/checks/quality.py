"""Whether a device shows how good its link is."""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.recovery.records import Quality


def shown_quality(history: History, *, device: str, state: str, asked_ns: int, within_ns: int) -> Verdict:
    """A device showed this quality of its link, by the deadline: it told the change, and said so when it was asked.

    state: `good` or `degraded`. What its status said is on record as notes `quality_shown`.
    """
    told = history.of(Quality, device)
    if not told:
        return nothing_to_judge("shown_quality", f"{device} never told how good its link is")
    deadline = due(history, asked_ns, within_ns)
    since = max((line.t_ns for line in told if line.t_ns <= deadline - within_ns), default=0)
    changes = [line.state for line in told if since <= line.t_ns <= deadline]
    answers = [
        str(note.fields["state"])
        for note in history.notes("quality_shown", device)
        if asked_ns <= note.t_ns <= deadline
    ]
    faults = []
    if state not in changes:
        faults = [
            f"expected {device} to tell that its connection is {state} {within(within_ns)}; it told "
            f"{', '.join(changes) or 'nothing'}"
        ]
    elif state not in answers:
        faults = [
            f"expected {device} to show a {state} connection {within(within_ns)}; it told that it was {state}, and "
            "its status did not say so"
        ]
    return judge("shown_quality", faults, (), f"{device} showed a {state} connection")


LIVENESS = {"shown_quality": shown_quality}

"""Whether an application shows how its syncing goes."""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.workloads.application.records import SyncStatus
from syncproof.workloads.application.status import EMOJI, MESSAGES


def status_shown(history: History, *, device: str, wanted: str, asked_ns: int, within_ns: int) -> Verdict:
    """A device shows this state of its syncing by the deadline, and each state with its emoji and its words.

    wanted: the state. What was shown when the sentence was said counts too.
    """
    told = history.of(SyncStatus, device)
    if not told:
        return nothing_to_judge("status_shown", f"{device} never said how its syncing goes")
    faults = [
        f"{device} shows {line.status} as '{line.emoji}', expected '{EMOJI[line.status]}'"
        for line in told
        if line.status in EMOJI and line.emoji != EMOJI[line.status]
    ][:1]
    faults += [
        f"{device} says of {line.status} '{line.message}', expected '{MESSAGES[line.status]}'"
        for line in told
        if line.status in MESSAGES and line.message != MESSAGES[line.status]
    ][:1]
    deadline = due(history, asked_ns, within_ns)
    before = [line.status for line in told if line.t_ns <= asked_ns][-1:]
    shown = [*before, *(line.status for line in told if asked_ns < line.t_ns <= deadline)]
    if wanted not in shown:
        faults.append(
            f"expected {device} to show {wanted} {within(within_ns)}; it showed {', '.join(shown) or 'nothing'}"
        )
    return judge("status_shown", faults, (), f"{device} showed {wanted}")


LIVENESS = {"status_shown": status_shown}

"""Whether a device gave an exchange up by itself, and said why."""

from __future__ import annotations

from syncproof.evidence.checkers.verdict import Verdict, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import NEVER, Attempt

#: How products say that nothing came for too long.
_TIMEOUT = ("timeout", "timed out", "not answered within")


def timed_out(history: History, *, device: str) -> Verdict:
    """An exchange of a device ended in a timeout that says so, while a fault of the device's was on."""
    on = [
        (edges[0].t_ns, edges[-1].t_ns if edges[-1].edge == "end" else NEVER)
        for edges in history.faults.values()
        if device in edges[0].relevant_to
    ]
    if not on:
        return nothing_to_judge("timed_out", f"no fault of {device} has begun")
    failed = [
        attempt
        for attempt in history.of(Attempt, device)
        if attempt.outcome == "failed" and any(begun <= attempt.t_ns <= ended for begun, ended in on)
    ]
    if any(words in attempt.reason.casefold() for attempt in failed for words in _TIMEOUT):
        return judge("timed_out", [], (), f"{device} gave up, and said so")
    reasons = ", ".join(dict.fromkeys(attempt.reason or "no reason" for attempt in failed)) or "none failed"
    expected = f"expected an exchange of {device} to end in a timeout during the fault ({reasons})"
    return judge("timed_out", [expected], (), "")


LIVENESS = {"timed_out": timed_out}

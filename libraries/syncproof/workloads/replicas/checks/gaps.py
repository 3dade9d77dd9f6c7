"""Whether a connected device finds a gap in what it hears, and asks for just that."""

from __future__ import annotations

from itertools import pairwise

from syncproof.evidence.checkers.verdict import (
    Verdict,
    count,
    judge,
    named,
    nothing_to_judge,
    requests_unread,
    unread,
)
from syncproof.evidence.history import History
from syncproof.evidence.records import Connection, Request

_LIVE = "live"
_CONNECTED = (_LIVE, "catching_up")
_EVENTS = "/events"


def gaps_asked(history: History, *, device: str) -> Verdict:
    """A device that stayed connected asked for every gap in what it was told live, and has all of it.

    By the server's request log: each run of events that did not come live was asked for from the position before it on.
    Unknown where everything came live.
    """
    if why := requests_unread(history) or unread(history, device):
        return Verdict("gaps_asked", "unknown", f"inconclusive: {why}")
    entries = history.deliveries(device)
    delivered = history.delivered(device)
    logged = [line.op_id for lines in history.log.values() for line in lines]
    lacking = [op_id for op_id in logged if op_id not in delivered] if entries else []
    if lacking:
        return judge(
            "gaps_asked",
            [
                f"{device} has a gap of {count(len(lacking), 'event')} that it never closed: {named(history, lacking)}"
            ],
            lacking,
            "",
        )
    away = [line.t_ns for line in history.of(Connection, device) if line.state not in _CONNECTED]
    starts = {
        request.start
        for request in history.of(Request, device)
        if request.method == "GET" and request.path.endswith(_EVENTS)
    }
    faults: list[str] = []
    gaps = 0
    for before, after in pairwise(entries):
        if before.path != _LIVE or after.path == _LIVE:
            continue
        if any(before.t_ns < at <= after.t_ns for at in away):
            continue  # it was not connected: that is no gap in what it heard
        gaps += 1
        if before.server_order not in starts:
            faults.append(
                f"{device} did not ask the server for what is behind position {before.server_order}"
            )
    if not gaps:
        return nothing_to_judge("gaps_asked", f"{device} heard everything live")
    return judge("gaps_asked", faults[:3], (), f"{device} asked for {count(gaps, 'gap')}")


LIVENESS = {"gaps_asked": gaps_asked}

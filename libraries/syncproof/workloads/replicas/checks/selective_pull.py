"""A device that comes back asks for what is behind its cursor, and for nothing that it has.

By the server's request log: from which position on each page was asked for. The first one must be asked for from the
last position that the device had delivered before it came back, the others from further and further on.

Source: plan Z-7.3.1 (S-CONV-04).
"""

from __future__ import annotations

from itertools import pairwise

from syncproof.evidence.checkers.verdict import (
    Verdict,
    count,
    judge,
    nothing_to_judge,
    requests_unread,
    unread,
)
from syncproof.evidence.history import History
from syncproof.evidence.records import Request

_EVENTS = "/events"
_OK = 200


def selective_pull(history: History, *, device: str) -> Verdict:
    """A device that came back asked the server for what was behind its cursor, and for nothing before it."""
    since = history.came_back(device)
    if not since:
        return nothing_to_judge("selective_pull", f"{device} has not come back")
    why = requests_unread(history) or unread(history, device)
    if why:
        return Verdict("selective_pull", "unknown", f"inconclusive: {why}")
    pulls = [
        request
        for request in history.of(Request, device)
        if request.method == "GET"
        and request.path.endswith(_EVENTS)
        and request.status == _OK
        and request.t_ns >= since
    ]
    if not pulls:
        return nothing_to_judge("selective_pull", f"{device} asked the server for nothing since it came back")
    had = max((each.server_order or 0 for each in history.deliveries(device) if each.t_ns < since), default=0)
    if not had:
        return nothing_to_judge("selective_pull", f"{device} had nothing before it came back")
    faults = []
    if pulls[0].start != had:
        faults.append(
            f"{device} had everything up to position {had} when it came back, and asked for what is behind position "
            f"{pulls[0].start}"
        )
    faults += [
        f"{device} asked for what is behind position {after.start}, and before for what is behind {before.start}"
        for before, after in pairwise(pulls)
        if after.start < before.start
    ][:1]
    return judge("selective_pull", faults, (), f"{count(len(pulls), 'page')}, from position {had} on")


LIVENESS = {"selective_pull": selective_pull}

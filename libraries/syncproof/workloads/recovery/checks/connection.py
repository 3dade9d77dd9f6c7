"""Whether a device noticed, tried again, and is live."""

from __future__ import annotations

from syncproof.evidence.checkers.deadline import due, within
from syncproof.evidence.checkers.verdict import Verdict, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Connection, Retry

#: What a device says that still believes in its link.
_CONNECTED = ("live", "catching_up")


def retries(history: History, *, device: str, asked_ns: int, within_ns: int) -> Verdict:
    """A device scheduled retries: one at least since the first fault began, by the deadline."""
    if not history.lines:
        return nothing_to_judge("retries", "the history is empty")
    since = min((edges[0].t_ns for edges in history.faults.values()), default=0)
    deadline = due(history, asked_ns, within_ns)
    found = [retry for retry in history.of(Retry, device) if since <= retry.t_ns <= deadline]
    expected = f"expected {device} to have scheduled a retry since the first fault began, {within(within_ns)}"
    return judge("retries", [] if found else [expected], (), f"{device} scheduled {len(found)}")


def noticed(history: History, *, device: str) -> Verdict:
    """A device noticed by itself that nothing comes any more: before the last silence ended."""
    silences = [
        (edges[0].t_ns, edges[-1].t_ns)
        for edges in history.faults.values()
        if edges[0].silences and edges[-1].edge == "end" and device in edges[0].relevant_to
    ]
    if not silences:
        return nothing_to_judge("noticed", f"no silence of {device} has begun and ended")
    began, ended = silences[-1]
    # It ends a little before that is proved: from when the scenario brought the device back.
    ended = min((n.t_ns for n in history.notes("came_back", device) if began < n.t_ns < ended), default=ended)
    told = [line for line in history.of(Connection, device) if began < line.t_ns < ended]
    if any(line.state not in _CONNECTED for line in told):
        return judge("noticed", [], (), f"{device} noticed")
    lasted = (ended - began) / 1e9
    return Verdict(
        "noticed",
        "fail",
        f"expected {device} to find out that nobody answers any more; {device} believed in its connection for all of "
        f"the {lasted:.1f} s of silence",
    )


def live(history: History, *, device: str, asked_ns: int, within_ns: int) -> Verdict:
    """A device is live again, by the deadline.

    What a process said before it was killed does not count.
    """
    told = history.of(Connection, device)
    if not told:
        return nothing_to_judge("live", f"{device} never told how it is connected")
    deadline = due(history, asked_ns, within_ns)
    again_ns = deadline - within_ns
    killed_ns = history.killed(device)
    state = ""
    for line in told:
        if line.t_ns > deadline:
            break
        if line.t_ns >= again_ns and state == "live":
            break  # it was, when the time began
        state = line.state if line.t_ns > killed_ns else ""
    faults = [] if state == "live" else [f"expected {device} to be syncing again {within(within_ns)}"]
    return judge("live", faults, (), f"{device} is live")


LIVENESS = {"retries": retries, "noticed": noticed, "live": live}

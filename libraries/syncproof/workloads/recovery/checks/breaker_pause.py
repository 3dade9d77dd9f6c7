"""While its breaker must be open a device leaves the server alone, and comes back afterwards (plan L-5.2).

When it must be open follows from the exchanges on record, not from what the device says of its breaker; that
nothing came follows from the server's own request log. The last tenth of a cooldown is not judged, because
stamps on a busy machine are off. Unknown unless the network worked during a part of the pause: through a cut
one nothing comes anyway.
"""

from __future__ import annotations

from collections.abc import Iterable

from syncproof.evidence.checkers.verdict import Verdict, count, nothing_to_judge, requests_unread
from syncproof.evidence.history import History
from syncproof.evidence.records import Attempt, Interval, Request
from syncproof.workloads.recovery.checks.breaker import openings

#: How much of a cooldown is judged, and how much of it the network must have worked.
JUDGED = 0.9
WORKED = 0.05

_MS = 1e6


def check(history: History, *, threshold: int, cooldown_ns: int, device: str) -> Verdict:
    """threshold: failures in a row that open it. cooldown_ns: how long it stays open. device: whose breaker."""
    if why := requests_unread(history):
        return Verdict("breaker_pause", "unknown", f"inconclusive: {why}")
    opened = openings(history.of(Attempt, device), threshold, cooldown_ns)
    if not opened:
        return nothing_to_judge("breaker_pause", f"{device} never failed {threshold} times in a row")
    requests = history.of(Request, device)
    for at in opened:
        early = next((r for r in requests if at < r.t_ns < at + cooldown_ns * JUDGED), None)
        if early is not None:
            return Verdict(
                "breaker_pause",
                "fail",
                f"the server heard from {device} ({early.method} {early.path}) {(early.t_ns - at) / _MS:.0f} ms "
                f"after {device}'s breaker had to open for {cooldown_ns / _MS:.0f} ms",
            )
    broken = list(_broken(history, device))
    best = max(_working((at, at + round(cooldown_ns * JUDGED)), broken) for at in opened)
    if best < cooldown_ns * WORKED:
        return Verdict(
            "breaker_pause",
            "unknown",
            f"inconclusive: {device}'s network worked for only {best / _MS:.0f} ms of a pause of "
            f"{cooldown_ns / _MS:.0f} ms. Restore it sooner after the breaker has opened",
        )
    if not any(request.t_ns > opened[-1] + cooldown_ns * JUDGED for request in requests):
        return Verdict(
            "breaker_pause",
            "fail",
            f"the server heard nothing from {device} after its cooldown of {cooldown_ns / _MS:.0f} ms",
        )
    return Verdict(
        "breaker_pause", "pass", f"{count(len(opened), 'opening')}, nothing came meanwhile, then it came back"
    )


def _broken(history: History, device: str) -> Iterable[Interval]:
    """When a fault was on at the device."""
    for edges in history.faults.values():
        if device in edges[0].relevant_to:
            yield edges[0].t_ns, next((e.t_ns for e in edges if e.edge == "end"), history.last_ns)


def _working(pause: Interval, broken: Iterable[Interval]) -> int:
    """How long of the pause no fault was on (ns).

    A lower bound: after a fault in the middle of the pause nothing more is counted.
    """
    since, until = pause
    for start, end in sorted(broken):
        if start <= since < end:
            since = end
        elif since < start < until:
            until = start
    return max(0, until - since)


LIVENESS = {"breaker_pause": check}

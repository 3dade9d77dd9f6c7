"""Whether a device that cannot connect waits longer before each attempt."""

from __future__ import annotations

from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Attempt, Connection, Event, Retry

#: A device tells its delays in milliseconds, rounded.
_ROUNDING = 0.01
#: Fewer in a row show no growth.
_ENOUGH = 3


def connect_backoff(
    history: History, *, device: str, base_ns: int, max_ns: int, jitter_percent: int
) -> Verdict:
    """A device that could not connect waited longer before each attempt, up to its maximum (plan L-5.1).

    The k-th retry of a ``connect`` since the device was connected comes after base * 2^(k-1) at least, or after the
    maximum, less what chance may take off; and no later than that and what chance may add. A connection that broke off
    before it had stood for the maximum is no success: what failed before it goes on to count, until somebody takes the
    device offline. Three in a row at least must be on record, all after it was last killed.

    base_ns, max_ns: the delay before the first retry, and the longest one. jitter_percent: how much chance changes it.
    """
    killed_ns = history.killed(device)
    lines = [
        line
        for kind in (Retry, Attempt, Connection)
        for line in history.of(kind, device)
        if line.t_ns > killed_ns and (_failed(line) or _stands(line) or _is_offline(line))
    ]
    faults: list[str] = []
    longest = series = 0
    since: int | None = None
    begins_anew = True
    for line in sorted(lines, key=lambda each: each.t_ns):
        if _is_offline(line):
            series, since = 0, None
            continue
        if not isinstance(line, Retry):
            since = line.t_ns if since is None else since
            continue
        if since is not None:
            stood_ns, since = line.t_ns - since, None
            begins_anew = stood_ns > max_ns * (1 + jitter_percent / 100)
            if stood_ns > max_ns * (1 - jitter_percent / 100):
                series = 0
        nominal = min(max_ns, base_ns * 2**series) / 1e6
        least, most = nominal * (1 - jitter_percent / 100), nominal * (1 + jitter_percent / 100)
        series += 1
        longest = max(longest, series)
        if line.delay_ms < least * (1 - _ROUNDING):
            faults.append(
                f"{device} waited {line.delay_ms:.0f} ms before attempt {series} to connect, expected at least "
                f"{least:.0f} ms"
            )
        elif begins_anew and line.delay_ms > most * (1 + _ROUNDING):
            faults.append(
                f"{device} waited {line.delay_ms:.0f} ms before attempt {series} to connect, expected at most "
                f"{most:.0f} ms"
            )
    if longest < _ENOUGH:
        return nothing_to_judge(
            "connect_backoff", f"{device} could not connect {longest} times in a row, {_ENOUGH} are needed"
        )
    return judge("connect_backoff", faults[:3], (), f"{device} backed off over {count(longest, 'attempt')}")


def _failed(line: Event) -> bool:
    """Whether the device puts its next attempt to connect off."""
    return isinstance(line, Retry) and line.what == "connect"


def _is_offline(line: Event) -> bool:
    """Whether somebody took the device offline: it connects anew when it is asked to."""
    return isinstance(line, Connection) and line.state == "offline"


def _stands(line: Event) -> bool:
    """Whether the device is connected: its attempt was good, or it says so by its state."""
    if isinstance(line, Attempt):
        return line.what == "connect" and line.outcome == "ok"
    return isinstance(line, Connection) and line.state in ("catching_up", "live")


LIVENESS = {"connect_backoff": connect_backoff}

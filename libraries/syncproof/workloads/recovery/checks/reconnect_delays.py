"""Whether a device that cannot connect waits as long before each attempt as it was set to."""

from __future__ import annotations

from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Connection, Retry

#: A device tells its delays in milliseconds, rounded.
_ROUNDING_MS = 1


def reconnect_delays(history: History, *, device: str, base_ns: int, max_ns: int, jitter_ns: int) -> Verdict:
    """A device waited before each attempt to connect as long as it was set to: doubled, capped, with jitter, anew.

    The k-th retry of a ``connect`` since the device was connected comes after base * 2^(k-1), or after the longest
    delay, and up to the jitter later. Either the longest delay must be on record, or delays that began anew.

    base_ns, max_ns: the first delay and the longest one. jitter_ns: what chance adds at most.
    """
    retries = [line for line in history.of(Retry, device) if line.what == "connect"]
    connected = [line for line in history.of(Connection, device) if line.state in ("catching_up", "live")]
    faults: list[str] = []
    place = longest = series = 0
    for line in sorted([*retries, *connected], key=lambda each: each.t_ns):
        if not isinstance(line, Retry):
            place = 0
            continue
        series += place == 0
        least_ms = min(max_ns, base_ns * 2**place) / 1e6
        place += 1
        longest = max(longest, round(least_ms * 1e6))
        most_ms = least_ms + jitter_ns / 1e6
        if not least_ms - _ROUNDING_MS <= line.delay_ms <= most_ms + _ROUNDING_MS:
            faults.append(
                f"{device} waited {line.delay_ms:.0f} ms before attempt {place} to connect, expected {least_ms:.0f} to "
                f"{most_ms:.0f} ms"
            )
    if not faults and longest < max_ns and series < 2:
        return nothing_to_judge(
            "reconnect_delays",
            f"{device} neither waited for its longest delay nor began anew ({count(len(retries), 'attempt')})",
        )
    return judge(
        "reconnect_delays", faults[:3], (), f"{count(len(retries), 'delay')}, {count(series, 'time')} anew"
    )


LIVENESS = {"reconnect_delays": reconnect_delays}

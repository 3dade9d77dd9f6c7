"""When a circuit breaker must have opened, from the exchanges on record alone."""

from __future__ import annotations

from collections.abc import Iterable

from syncproof.evidence.records import Attempt


def openings(attempts: Iterable[Attempt], threshold: int, cooldown_ns: int = 0) -> list[int]:
    """Stamps (ns) of the openings that the recorded failures demand (plan L-1.2, L-5.2).

    It opens at `threshold` failures in a row. From then on every failed attempt is a failed probe and opens
    it once more, except within half of `cooldown_ns` of the opening: that is an exchange which was under way
    when it opened (a probe comes a whole cooldown later, by stamps that are milliseconds off). A success
    closes it.
    """
    opened: list[int] = []
    failures, is_open = 0, False
    for attempt in attempts:
        if attempt.outcome == "ok":
            failures, is_open = 0, False
        elif is_open:
            if attempt.t_ns - opened[-1] >= cooldown_ns / 2:
                opened.append(attempt.t_ns)
        else:
            failures += 1
            if failures >= threshold:
                opened.append(attempt.t_ns)
                is_open = True
    return opened


def expected_opens(attempts: Iterable[Attempt], threshold: int, cooldown_ns: int = 0) -> int:
    """How often it must have opened."""
    return len(openings(attempts, threshold, cooldown_ns))

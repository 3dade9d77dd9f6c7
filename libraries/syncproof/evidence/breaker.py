"""How often a circuit breaker must have opened, from the exchanges on record alone."""

from __future__ import annotations

from collections.abc import Iterable

from syncproof.evidence.records import Attempt


def expected_opens(attempts: Iterable[Attempt], threshold: int, cooldown_ns: int = 0) -> int:
    """Openings that the recorded failures demand (plan L-1.2, L-5.2).

    It opens at `threshold` failures in a row. From then on every failed attempt is a failed probe and opens
    it once more, except within half of `cooldown_ns` of the opening: that is an exchange which was under way
    when it opened (a probe comes a whole cooldown later, by stamps that are milliseconds off). A success
    closes it.
    """
    opens = failures = 0
    opened_ns: int | None = None
    for attempt in attempts:
        if attempt.outcome == "ok":
            failures, opened_ns = 0, None
        elif opened_ns is not None:
            if attempt.t_ns - opened_ns >= cooldown_ns / 2:
                opens, opened_ns = opens + 1, attempt.t_ns
        else:
            failures += 1
            if failures >= threshold:
                opens, opened_ns = opens + 1, attempt.t_ns
    return opens

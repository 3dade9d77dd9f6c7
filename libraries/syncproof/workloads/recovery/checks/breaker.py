"""When a circuit breaker must have opened, from the exchanges on record alone, and whether it has."""

from __future__ import annotations

from collections.abc import Iterable

from syncproof.evidence.checkers.verdict import Verdict, count, judge, nothing_to_judge
from syncproof.evidence.history import History
from syncproof.evidence.records import Attempt, Breaker


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


def breaker(history: History, *, device: str, threshold: int, cooldown_ns: int) -> Verdict:
    """The circuit breaker opened as often as the failures on record demand.

    threshold: failures in a row that open it. cooldown_ns: how long it stays open.
    """
    attempts = history.of(Attempt, device)
    failed = sum(1 for attempt in attempts if attempt.outcome == "failed")
    if not failed:
        return nothing_to_judge("breaker", f"not one of {device}'s {len(attempts)} exchanges failed")
    figures = history.notes("circuit_opens", device)
    if not figures:
        return nothing_to_judge("breaker", f"{device}'s figure circuitOpens was not read")
    demanded, told = expected_opens(attempts, threshold, cooldown_ns), figures[-1].fields["value"]
    faults = []
    if told != demanded:
        faults = [
            f"expected {device}'s circuit breaker to have opened {count(demanded, 'time')} ({failed} failures on "
            f"record, it opens after {threshold} in a row); circuitOpens is {told}"
        ]
    return judge("breaker", faults, (), f"it opened {count(demanded, 'time')}")


def breaker_opened(
    history: History, *, device: str, at_least: int, threshold: int, cooldown_ns: int
) -> Verdict:
    """The circuit breaker opened at least so many times.

    at_least: how often the device must have reported it. threshold, cooldown_ns: as for breaker.
    """
    demanded = len(openings(history.of(Attempt, device), threshold, cooldown_ns))
    if demanded < at_least:
        return Verdict(
            "breaker_opened",
            "unknown",
            f"inconclusive: {device}'s exchanges on record ask for {count(demanded, 'opening')} of the circuit "
            f"breaker, less than {at_least}: break the network for longer",
        )
    told = sum(1 for line in history.of(Breaker, device) if line.state == "open")
    expected = f"expected {device}'s circuit breaker to open at least {count(at_least, 'time')}"
    faults = [f"{expected}; it reported {told}"] if told < at_least else []
    return judge("breaker_opened", faults, (), f"it opened {count(told, 'time')}")


LIVENESS = {"breaker": breaker, "breaker_opened": breaker_opened}

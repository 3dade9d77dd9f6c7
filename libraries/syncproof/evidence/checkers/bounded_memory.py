"""Nobody needed more memory than the sentence allows."""

from __future__ import annotations

from collections.abc import Mapping

from syncproof.evidence.checkers.verdict import Verdict, judge, nothing_to_judge
from syncproof.evidence.history import History

_MB = 1e6


def check(history: History, *, at_most: int, times: int, device: str | None = None) -> Verdict:
    """at_most: bytes that it may grow by. device: whose growth was noted alone.

    times: at least `times * at_most` bytes must have been transferred; otherwise everything would fit into memory and
    the measurement would show nothing.
    """
    measured = history.notes("memory", device)
    if not measured:
        return nothing_to_judge("bounded_memory", "nobody's memory was measured")
    moved, grown = (measured[-1].fields[name] for name in ("moved", "grown"))
    assert isinstance(moved, int)
    assert isinstance(grown, Mapping)
    if moved < times * at_most:
        return Verdict(
            "bounded_memory",
            "unknown",
            f"inconclusive: {moved / _MB:.1f} MB went through, less than {times} times the {at_most / _MB:g} MB that "
            "memory may grow by: it could all be in memory and nobody would see",
        )
    over = [f"{name}'s by {by / _MB:.1f} MB" for name, by in grown.items() if by > at_most]
    expected = (
        f"expected memory to grow by at most {at_most / _MB:g} MB while {moved / _MB:.1f} MB went through"
    )
    faults = [f"{expected}; it grew: {', '.join(over)}"] if over else []
    return judge("bounded_memory", faults, (), f"nobody's memory grew by more than {at_most / _MB:g} MB")

"""A device's sense of time: never backwards, and aware of the time in which it was not there."""

from __future__ import annotations


class Timekeeping:
    """Follows a clock that may jump. A jump back counts as no time; a long jump ahead as standby."""

    def __init__(self, standby_threshold_s: float) -> None:
        self._threshold = standby_threshold_s
        self._shown: float | None = None
        self.now = 0.0

    def look(self, shown: float) -> float | None:
        """The clock shows this (seconds). Returns the length of the gap, in seconds, if there was standby."""
        if self._shown is None:
            self._shown = self.now = shown
            return None
        gap = shown - self._shown
        self._shown = shown
        if gap <= 0:
            return None
        self.now += gap
        return gap if gap >= self._threshold else None

"""What a peer as it should be does now and then, and nobody often: whoever does is told of."""

from __future__ import annotations

from collections import deque
from enum import Enum


class Oddity(Enum):
    """What it is, for people; how often somebody may do it within the time that is watched."""

    STRANGER = "has tried to get in under a false name, or with a key that nobody knows", 4
    FLOOD = "says very much that nobody has asked for", 600
    UNKNOWN = "asks for what nobody has told it of", 19
    AGAIN = "asks for what it was sent before, again and again", 19

    def __init__(self, reason: str, most: int) -> None:
        self.reason, self.most = reason, most


class Watch:
    """within_s: seconds that are watched. Times are seconds of a clock that never goes back."""

    def __init__(self, within_s: float) -> None:
        self._within_s = within_s
        self._seen: dict[tuple[str, Oddity], deque[float]] = {}
        self._told: dict[tuple[str, Oddity], float] = {}

    def saw(self, who: str, what: Oddity, now: float) -> bool:
        """Somebody has done that. Answers whether users are to be told: once, for as long as it is watched."""
        times = self._seen.setdefault((who, what), deque(maxlen=what.most + 1))
        times.append(now)
        if len(times) <= what.most or times[0] < now - self._within_s:
            return False
        if now < self._told.get((who, what), 0.0):
            return False
        self._told[who, what] = now + self._within_s
        return True

"""What a peer as it should be does now and then, and nobody often: whoever does is told of."""

from __future__ import annotations

from collections import deque
from enum import Enum


class Oddity(Enum):
    """What it is, for people."""

    STRANGER = "has tried to get in under a false name, or with a key that nobody knows"
    FLOOD = "says very much that nobody has asked for, and that is not new"
    UNKNOWN = "asks for what nobody has told it of"
    AGAIN = "asks for what it was sent before, again and again"


class Watch:
    """within_s: seconds that are watched. flood: how much of that kind somebody may say within them.

    Times are seconds of a clock that never goes back.
    """

    def __init__(self, within_s: float, flood: int) -> None:
        self._within_s = within_s
        #: How often somebody may do each within that time.
        self.most = {Oddity.STRANGER: 4, Oddity.FLOOD: flood, Oddity.UNKNOWN: 19, Oddity.AGAIN: 19}
        self._seen: dict[tuple[str, Oddity], deque[float]] = {}
        self._told: dict[tuple[str, Oddity], float] = {}

    def saw(self, who: str, what: Oddity, now: float) -> bool:
        """Somebody has done that. Answers whether users are to be told: once, for as long as it is watched."""
        most = self.most[what]
        times = self._seen.setdefault((who, what), deque(maxlen=most + 1))
        times.append(now)
        if len(times) <= most or times[0] < now - self._within_s:
            return False
        if now < self._told.get((who, what), 0.0):
            return False
        self._told[who, what] = now + self._within_s
        return True

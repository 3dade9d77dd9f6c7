"""How good the link to the relay is, by measured round trips: good, degraded, or unknown while there is none."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from statistics import median
from typing import Literal

from syncproof_products.bundled.core.actions import Ping
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.turn import Turn

Quality = Literal["unknown", "good", "degraded"]
#: So many round trips are looked at, of which the middle one counts: a single one may be late for any reason.
LOOKED_AT = 3


def quality_of(before: Quality, round_trips: Sequence[float], degraded_s: float, good_s: float) -> Quality:
    """What the last round trips (seconds, the newest last) say. In between the limits it stays as it was."""
    if len(round_trips) < LOOKED_AT:
        return before
    middle = median(round_trips[-LOOKED_AT:])
    if middle >= degraded_s:
        return "degraded"
    return before if before == "degraded" and middle > good_s else "good"


class LinkQuality:
    """Measures a round trip on the live stream now and then, and says when the quality has changed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stream = 0
        self._number = 0
        self._sent_at: float | None = None
        self._next_at = 0.0
        self._round_trips: deque[float] = deque(maxlen=LOOKED_AT)
        self.state: Quality = "unknown"

    def pump(self, turn: Turn, stream: int) -> None:
        """Ping if it is time to. stream: the one that stands; 0 for none."""
        if stream != self._stream:
            self._stream, self._sent_at, self._next_at = stream, None, turn.now
            self._round_trips.clear()
            self._become(turn, "unknown")
        if stream and self._sent_at is None and turn.now >= self._next_at:
            self._number += 1
            self._sent_at, self._next_at = turn.now, turn.now + self._settings.ping_s
            turn.do(Ping(stream, self._number))

    def came_back(self, turn: Turn, stream: int, number: int) -> None:
        """A ping has its answer."""
        if stream == self._stream and number == self._number and self._sent_at is not None:
            self._round_trips.append(turn.now - self._sent_at)
            self._sent_at = None
            settings = self._settings
            self._become(
                turn, quality_of(self.state, tuple(self._round_trips), settings.degraded_s, settings.good_s)
            )

    def woke(self) -> None:
        """Standby says nothing about the link: the ping that was under way does not count."""
        self._sent_at = None

    def next_due(self) -> float | None:
        """When to ping next."""
        return self._next_at if self._stream and self._sent_at is None else None

    def _become(self, turn: Turn, state: Quality) -> None:
        if state != self.state:
            self.state = state
            middle = median(self._round_trips) if self._round_trips else None
            turn.observe("quality", state=state, round_trip_ms=None if middle is None else middle * 1000)

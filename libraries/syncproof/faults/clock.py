"""The fault of a clock: a device believes that it is another time than it is."""

from __future__ import annotations

from collections.abc import Callable

from syncproof.kernel.fault import Fault

#: By how much a change may seem to differ: agents are told whole milliseconds, and answer thousandths of one.
_ROUNDED_S = 0.0006


class WrongClock(Fault):
    """A device's own clock jumps: ahead, or behind where `ahead_s` is negative. It ends by jumping back.

    advance: moves the clock by seconds, and answers by how much it is ahead of the true time then. Only by how much it
    moved is looked at: who wakes up later than it is has moved the same clock.
    """

    kind = "clock"
    called = "wrong clock"
    engine = "agent"
    slows = True

    def __init__(self, name: str, advance: Callable[[float], float], ahead_s: float, requested: str) -> None:
        super().__init__((name,), (name,))
        self.advance, self.ahead_s, self.requested = advance, ahead_s, requested
        self._moved_s: float | None = None
        self._moved_back_s: float | None = None

    def begin(self) -> None:
        self._moved_s = self._move(self.ahead_s)

    def proof(self) -> str | None:
        if self._moved_s is None or abs(self._moved_s - self.ahead_s) > _ROUNDED_S:
            return None
        return f"the device's clock jumped by {self._moved_s:+.1f} s"

    def again(self) -> bool:
        """Make the clock of a process that was started anew wrong as well; whether it jumped by as much."""
        return abs(self._move(self.ahead_s) - self.ahead_s) <= _ROUNDED_S

    def end(self) -> None:
        self._moved_back_s = self._move(-self.ahead_s)

    def healed(self) -> str | None:
        """It went back by as much as it had moved; one that never moved has nothing to go back by."""
        if self._moved_s is None or self._moved_back_s is None:
            return None
        if abs(self._moved_s + self._moved_back_s) > _ROUNDED_S:
            return None
        return f"the device's clock jumped back by {self._moved_back_s:+.1f} s"

    def _move(self, seconds: float) -> float:
        """Move the clock; by how much it did move."""
        before = self.advance(0.0)
        return self.advance(seconds) - before

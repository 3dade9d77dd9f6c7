"""The fault of a clock: a device believes that it is another time than it is."""

from __future__ import annotations

from collections.abc import Callable

from syncproof.kernel.fault import Fault


class WrongClock(Fault):
    """A device's own clock jumps: ahead, or behind where `ahead_s` is negative. It ends by jumping back.

    advance: moves the clock by seconds, and answers by how much it is ahead of the true time then.
    """

    kind = "clock"
    called = "wrong clock"
    engine = "agent"
    slows = True

    def __init__(self, name: str, advance: Callable[[float], float], ahead_s: float, requested: str) -> None:
        super().__init__((name,), (name,))
        self.advance, self.ahead_s, self.requested = advance, ahead_s, requested
        self._shows_s: float | None = None

    def begin(self) -> None:
        self._shows_s = self.advance(self.ahead_s)

    def proof(self) -> str | None:
        return None if self._shows_s is None else f"the device's clock is {self._shows_s:+.1f} s off"

    def end(self) -> None:
        self._shows_s = self.advance(-self.ahead_s)

    def healed(self) -> str | None:
        return self.proof()

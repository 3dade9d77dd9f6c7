"""The device's own clock, that can be wrong by as much as one likes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class ShiftedTimer:
    """A call that has not happened yet, at `when` seconds of the clock."""

    when: float
    callback: Callable[[], None]
    clock: ShiftedClock
    handle: asyncio.TimerHandle | None = field(default=None)

    def cancel(self) -> None:
        """See to it that it never happens."""
        self.clock.forget(self)
        if self.handle is not None:
            self.handle.cancel()

    def arm(self) -> None:
        """Wait for it, from what the clock says now."""
        if self.handle is not None:
            self.handle.cancel()
        delay = max(0.0, self.when - self.clock.now())
        self.handle = asyncio.get_running_loop().call_later(delay, self._ring)

    def _ring(self) -> None:
        self.clock.forget(self)
        self.callback()


class ShiftedClock:
    """CLOCK_MONOTONIC, which runs through standby, plus an offset.

    A shift moves the timers that are set: what became due by it rings at once.
    """

    def __init__(self) -> None:
        self._offset_s = 0.0
        self._timers: dict[int, ShiftedTimer] = {}

    @property
    def offset_s(self) -> float:
        """Seconds that this clock is ahead of CLOCK_MONOTONIC."""
        return self._offset_s

    def now(self) -> float:
        """The time that the device believes, in seconds."""
        return time.monotonic() + self._offset_s

    def call_at(self, when: float, callback: Callable[[], None]) -> ShiftedTimer:
        """Call back once when this clock reads `when` seconds or more."""
        timer = ShiftedTimer(when, callback, self)
        self._timers[id(timer)] = timer
        timer.arm()
        return timer

    def set_offset(self, offset_s: float) -> None:
        """Be `offset_s` seconds ahead of CLOCK_MONOTONIC from now on (behind it where negative)."""
        self._offset_s = offset_s
        for timer in list(self._timers.values()):
            timer.arm()

    def forget(self, timer: ShiftedTimer) -> None:
        """A timer rang or was cancelled."""
        self._timers.pop(id(timer), None)

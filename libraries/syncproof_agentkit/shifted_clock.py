"""The device's own clock, that can be wrong by as much as one likes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class _ShiftedTimer:
    when: float
    callback: Callable[[], None]
    clock: ShiftedClock
    handle: asyncio.TimerHandle | None = field(default=None)

    def cancel(self) -> None:
        self.clock.forget(self)
        if self.handle is not None:
            self.handle.cancel()

    def arm(self) -> None:
        if self.handle is not None:
            self.handle.cancel()
        delay = max(0.0, self.when - self.clock.now())
        self.handle = asyncio.get_running_loop().call_later(delay, self._ring)

    def _ring(self) -> None:
        self.clock.forget(self)
        self.callback()


class ShiftedClock:
    """CLOCK_MONOTONIC plus an offset (see `syncproof_products.bundled.device.clock.Clock`).

    A shift moves the timers that are set: what became due by it rings at once.
    """

    def __init__(self) -> None:
        self._offset_s = 0.0
        self._timers: dict[int, _ShiftedTimer] = {}

    @property
    def offset_s(self) -> float:
        """Seconds that this clock is ahead of CLOCK_MONOTONIC."""
        return self._offset_s

    def now(self) -> float:
        """The time that the device believes, in seconds."""
        return time.monotonic() + self._offset_s

    def call_at(self, when: float, callback: Callable[[], None]) -> _ShiftedTimer:
        """Call back once when this clock reads `when` seconds or more."""
        timer = _ShiftedTimer(when, callback, self)
        self._timers[id(timer)] = timer
        timer.arm()
        return timer

    def set_offset(self, offset_s: float) -> None:
        """Be `offset_s` seconds ahead of CLOCK_MONOTONIC from now on (behind it where negative)."""
        self._offset_s = offset_s
        for timer in list(self._timers.values()):
            timer.arm()

    def forget(self, timer: _ShiftedTimer) -> None:
        """A timer rang or was cancelled."""
        self._timers.pop(id(timer), None)

"""The time that the device believes in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """A call that has not happened yet."""

    def cancel(self) -> None:
        """See to it that it never happens."""


class Clock(Protocol):
    """A clock in seconds that runs through standby, and calls back at a time of its own."""

    def now(self) -> float:
        """The time, in seconds."""

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Call back once when this clock reads `when` seconds or more."""


class MonotonicClock:
    """CLOCK_MONOTONIC of this machine, by the running event loop."""

    def now(self) -> float:
        """The time, in seconds."""
        return time.monotonic()

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Call back once when this clock reads `when` seconds or more."""
        return asyncio.get_running_loop().call_later(max(0.0, when - self.now()), callback)

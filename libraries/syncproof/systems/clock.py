"""Real time for the scheduler: the one place of this package that touches the `time` module."""

from __future__ import annotations

import time


class MonotonicClock:
    """CLOCK_MONOTONIC, one for all processes of a kernel, and a wait that polls."""

    def now(self) -> int:
        """Nanoseconds."""
        return time.monotonic_ns()

    def wait(self, until: int) -> None:
        """Let real time pass until then."""
        time.sleep(max(0, until - time.monotonic_ns()) / 1e9)

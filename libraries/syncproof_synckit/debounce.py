"""Wait until something has been quiet for a while, but not for ever."""

from __future__ import annotations


class Debounce:
    """Due `quiet_s` seconds after the last touch, and at the latest `max_wait_s` after the first one."""

    def __init__(self, quiet_s: float, max_wait_s: float) -> None:
        self._quiet_s = quiet_s
        self._max_wait_s = max_wait_s
        self._latest = 0.0
        self.due: float | None = None

    def touch(self, now: float) -> None:
        """It moved."""
        if self.due is None:
            self._latest = now + self._max_wait_s
        self.due = min(now + self._quiet_s, self._latest)

    def clear(self) -> None:
        """What it waited for is done: nothing is due until the next touch."""
        self.due = None

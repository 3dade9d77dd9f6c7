"""Where time comes from and how it passes."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Where time comes from and how it passes."""

    def now(self) -> int:
        """CLOCK_MONOTONIC of this kernel, ns."""
        ...

    def wait(self, until: int) -> None:
        """Let the world move, until `until` (ns) at most; may return earlier when there is something to see."""
        ...

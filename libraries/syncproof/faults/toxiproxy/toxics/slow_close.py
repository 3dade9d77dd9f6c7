"""A delay of the end only."""

from __future__ import annotations

from .machine import MS, Emission, Item, Machine, Mark


class SlowClose(Machine):
    """Data pass at once; the end of the stream is held for `delay` ms."""

    def __init__(self, delay_ms: int) -> None:
        self._delay = max(0, delay_ms) * MS

    def step(self, now: int, item: Item) -> list[Emission]:
        """Hold marks, pass data."""
        return [(now + self._delay if isinstance(item, Mark) else now, item)]

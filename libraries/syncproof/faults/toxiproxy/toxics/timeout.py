"""A black hole, with or without an end."""

from __future__ import annotations

from .machine import MS, Emission, Item, Machine, Mark


class Timeout(Machine):
    """Data are dropped. With `timeout` > 0 the connection closes after that many ms without a chunk; with 0,
    never.
    """

    def __init__(self, timeout_ms: int) -> None:
        self._timeout = timeout_ms * MS

    def start(self, now: int) -> list[Emission]:
        """The timer runs from the first moment."""
        return self._wait(now)

    def step(self, now: int, item: Item) -> list[Emission]:
        """Drop data and start the timer again; an end of the stream passes."""
        if item is Mark.TICK:
            return [(now, Mark.CLOSE)]
        if isinstance(item, Mark):
            return [(now, item)]
        return self._wait(now)

    def _wait(self, now: int) -> list[Emission]:
        return [(now + self._timeout, Mark.TICK)] if self._timeout > 0 else []

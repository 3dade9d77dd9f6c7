"""A black hole, with or without an end."""

from __future__ import annotations

from dataclasses import dataclass

from .machine import MS, Emission, Item, Mark
from .toxic import ToxicType, Unit, attribute


@dataclass(frozen=True)
class Timeout(ToxicType):
    """Swallow data, and close connections after `timeout` without any.

    Without `timeout` connections stay open: a black hole. An end of the connection passes all the same, and
    removing the toxic closes connections.
    """

    type = "timeout"
    closes_when_removed = True
    keyword = "Swallow Data"
    example = "timeout=5 seconds    direction=upstream"

    timeout: int = attribute(Unit.MS)

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
        return [(now + self.timeout * MS, Mark.TICK)] if self.timeout > 0 else []

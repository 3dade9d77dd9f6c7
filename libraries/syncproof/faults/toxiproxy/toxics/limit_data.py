"""An end after so many bytes."""

from __future__ import annotations

from dataclasses import dataclass

from .machine import Emission, Item, Machine, Mark


@dataclass
class Passed:
    """Bytes that have passed on this link since the toxic was added; survives changes of the toxic."""

    bytes: int = 0


class LimitData(Machine):
    """Passes `limit` bytes and then closes the connection; exactly `limit` bytes close it at once."""

    def __init__(self, limit: int, passed: Passed) -> None:
        self._limit = limit
        self._passed = passed

    def step(self, now: int, item: Item) -> list[Emission]:
        """The part that still fits, and the close when nothing more does."""
        if isinstance(item, Mark):
            return [(now, item)]
        part = item[: max(0, self._limit - self._passed.bytes)]
        self._passed.bytes += len(part)
        emissions: list[Emission] = [(now, part)] if part else []
        if self._passed.bytes >= self._limit:
            emissions.append((now, Mark.CLOSE))
        return emissions

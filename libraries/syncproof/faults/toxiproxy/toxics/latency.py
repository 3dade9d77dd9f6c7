"""Delay of every chunk."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from .machine import MS, READ_SIZE, Emission, Item, Machine, Mark

if TYPE_CHECKING:
    from .toxic import Dice


class Latency(Machine):
    """Each chunk leaves at its read time + latency + U[-jitter, +jitter) in whole ms, in order and pipelined.

    An EOF is not delayed of itself; it follows the data ahead of it.
    """

    ahead_chunks = 1024
    ahead_bytes = 1024 * READ_SIZE
    counts_from_read: ClassVar[bool] = True

    def __init__(self, latency_ms: int, jitter_ms: int, dice: Dice) -> None:
        self._latency = latency_ms
        self._jitter = jitter_ms
        self._dice = dice
        self._last = 0

    def step(self, now: int, item: Item) -> list[Emission]:
        """Due at `now` + delay, never before the chunk ahead."""
        due = now
        if not isinstance(item, Mark):
            delay = self._latency
            if self._jitter > 0:
                delay += self._dice.rng.randrange(2 * self._jitter) - self._jitter
            due = now + delay * MS
        self._last = max(self._last, due)
        return [(self._last, item)]

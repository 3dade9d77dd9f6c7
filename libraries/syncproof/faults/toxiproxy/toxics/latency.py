"""Delay of every chunk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .machine import MS, READ_SIZE, Emission, Item, Machine, Mark
from .toxic import Dice, ToxicType, Unit, attribute


@dataclass(frozen=True)
class Latency(ToxicType):
    """Delay data by `latency`, plus or minus up to `jitter`; order is kept.

    Each chunk leaves at its read time + latency + U[-jitter, +jitter) in whole ms, pipelined. An end of the
    stream is not delayed of itself; it follows the data ahead of it.
    """

    type = "latency"
    keyword = "Add Latency"
    example = "2 seconds    jitter=500 ms    direction=upstream    toxicity=50%"

    latency: int = attribute(Unit.MS, required=True)
    jitter: int = attribute(Unit.MS)

    def machine(self, dice: Dice) -> Machine:
        """It remembers when the chunk before was due."""
        return _Delay(self, dice)


class _Delay(Machine):
    ahead_chunks = 1024
    ahead_bytes = 1024 * READ_SIZE
    counts_from_read: ClassVar[bool] = True

    def __init__(self, of: Latency, dice: Dice) -> None:
        self._of = of
        self._dice = dice
        self._last = 0

    def step(self, now: int, item: Item) -> list[Emission]:
        """Due at `now` + delay, never before the chunk ahead."""
        due = now
        if not isinstance(item, Mark):
            delay, jitter = self._of.latency, self._of.jitter
            if jitter > 0:
                delay += self._dice.rng.randrange(2 * jitter) - jitter
            due = now + delay * MS
        self._last = max(self._last, due)
        return [(self._last, item)]

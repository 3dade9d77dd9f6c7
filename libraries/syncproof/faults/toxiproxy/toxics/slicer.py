"""Small pieces instead of big chunks."""

from __future__ import annotations

from dataclasses import dataclass

from .machine import Emission, Item, Machine, Mark
from .toxic import Dice, ToxicType, Unit, attribute

_US = 1000


@dataclass(frozen=True)
class Slicer(ToxicType):
    """Cut data into pieces of `average_size`, plus or minus `size_variation`, with `delay` after each piece."""

    type = "slicer"
    keyword = "Slice Data"
    example = "64 B    size_variation=32 B    delay=1 ms"

    average_size: int = attribute(Unit.BYTES, required=True)
    size_variation: int = attribute(Unit.BYTES)
    delay: int = attribute(Unit.US)

    def problem(self) -> str | None:
        """The real server dies of pieces that cannot get small enough."""
        average, variation = self.average_size, self.size_variation
        if average < 1:
            return f"slicer: average_size must be at least 1 byte, got {average}"
        if not 0 <= variation <= average:
            return f"slicer: size_variation must be from 0 to average_size ({average} bytes), got {variation}"
        return None

    def machine(self, dice: Dice) -> Machine:
        """It remembers when the last piece has had its delay."""
        return _Knife(self, dice)


class _Knife(Machine):
    """The cut is by halving, as Toxiproxy does, so that no end of a chunk tends to get the smaller pieces."""

    ahead_chunks = 2

    def __init__(self, of: Slicer, dice: Dice) -> None:
        self._of = of
        self._dice = dice
        self._free = 0
        self.spacing = max(0, of.delay) * _US

    def step(self, now: int, item: Item) -> list[Emission]:
        """Pieces, each `delay` after the one ahead."""
        due = max(now, self._free)
        if isinstance(item, Mark):
            return [(due, item)]
        emissions: list[Emission] = []
        for begin, end in self._cut(len(item)):
            emissions.append((due, item[begin:end]))
            due += self.spacing
        self._free = due
        return emissions

    def _cut(self, size: int) -> list[tuple[int, int]]:
        variation = self._of.size_variation
        pieces: list[tuple[int, int]] = []
        waiting = [(0, size)]
        while waiting:
            begin, end = waiting.pop()
            if end - begin - self._of.average_size <= variation:
                pieces.append((begin, end))
                continue
            middle = begin + (end - begin) // 2
            if variation > 0:
                middle += self._dice.rng.randrange(2 * variation) - variation
            # An empty half would be cut again for ever (the real server dies of it).
            middle = min(max(middle, begin + 1), end - 1)
            waiting.append((middle, end))
            waiting.append((begin, middle))
        return pieces

"""Small pieces instead of big chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .machine import Emission, Item, Machine, Mark

if TYPE_CHECKING:
    from .toxic import Dice

_US = 1000


class Slicer(Machine):
    """Cuts chunks into pieces of about `average_size` +- `size_variation` bytes, with `delay` us after each
    piece.

    The cut is by halving, as Toxiproxy does, so that no end of a chunk tends to get the smaller pieces.
    """

    ahead_chunks = 2

    def __init__(self, average_size: int, size_variation: int, delay_us: int, dice: Dice) -> None:
        self._average = average_size
        self._variation = size_variation
        self._delay = max(0, delay_us) * _US
        self._dice = dice
        self._free = 0

    def step(self, now: int, item: Item) -> list[Emission]:
        """Pieces, each `delay` after the one ahead."""
        due = max(now, self._free)
        if isinstance(item, Mark):
            return [(due, item)]
        emissions: list[Emission] = []
        for begin, end in self._cut(len(item)):
            emissions.append((due, item[begin:end]))
            due += self._delay
        self._free = due
        return emissions

    def _cut(self, size: int) -> list[tuple[int, int]]:
        pieces: list[tuple[int, int]] = []
        waiting = [(0, size)]
        while waiting:
            begin, end = waiting.pop()
            if end - begin - self._average <= self._variation:
                pieces.append((begin, end))
                continue
            middle = begin + (end - begin) // 2
            if self._variation > 0:
                middle += self._dice.rng.randrange(2 * self._variation) - self._variation
            # An empty half would be cut again for ever (the real server dies of it).
            middle = min(max(middle, begin + 1), end - 1)
            waiting.append((middle, end))
            waiting.append((begin, middle))
        return pieces

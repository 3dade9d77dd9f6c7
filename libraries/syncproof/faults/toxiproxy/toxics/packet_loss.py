"""Extension: what lost packets look like to a program that talks TCP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .machine import MS, NEVER, Emission, Item, Machine, Mark

if TYPE_CHECKING:
    from .toxic import Dice

_MOST_DOUBLINGS = 9


class PacketLoss(Machine):
    """Each chunk is lost with probability `loss_rate`, plus `correlation` when the transmission before it was
    lost.

    TCP hides a lost packet: it comes again after a timeout, and all that was sent after it waits. So a lost
    chunk is late here by `retransmit` ms, doubled for each loss in a row (RFC 6298). With `retransmit` 0 it
    is dropped, which leaves a hole in the stream of bytes, as newer Toxiproxy servers do.
    """

    ahead_chunks = 64

    def __init__(self, loss_rate: float, correlation: float, retransmit_ms: int, dice: Dice) -> None:
        self._rate = loss_rate
        self._correlation = correlation
        self._timeout = retransmit_ms * MS
        self._dice = dice
        self._lost_before = False
        self._last = 0

    def step(self, now: int, item: Item) -> list[Emission]:
        """Late by the retransmissions it took, and never before the chunk ahead."""
        due = max(now, self._last)
        if isinstance(item, Mark):
            return [(due, item)]
        late = 0
        losses = 0
        while self._lost():
            if self._timeout <= 0:
                return []
            if losses > _MOST_DOUBLINGS:
                return [(NEVER, item)]
            late += self._timeout << losses
            losses += 1
        self._last = due + late
        return [(self._last, item)]

    def _lost(self) -> bool:
        chance = self._rate + (self._correlation if self._lost_before else 0.0)
        self._lost_before = self._dice.rng.random() < chance
        return self._lost_before

"""Extension: what lost packets look like to a program that talks TCP."""

from __future__ import annotations

from dataclasses import dataclass

from .machine import MS, NEVER, Emission, Item, Machine, Mark
from .toxic import Dice, ToxicType, Unit, attribute

_MOST_DOUBLINGS = 9


@dataclass(frozen=True)
class PacketLoss(ToxicType):
    """Do what losing `loss_rate` of the packets does to TCP.

    A proxy sees no packets, so this is an emulation: a lost chunk, and all that follows it, is late by
    `retransmit`, doubled for each loss in a row (RFC 6298). `correlation` is added to the probability right
    after a loss, so that losses come in bursts. With `retransmit` 0 lost chunks never arrive: a hole in the
    data that no real network leaves, but newer Toxiproxy servers do.
    """

    type = "packet_loss"
    extension = True
    keyword = "Lose Packets"
    example = "5%    correlation=20%"

    loss_rate: float = attribute(Unit.PROBABILITY, 0.1, required=True, argument="loss")
    correlation: float = attribute(Unit.PROBABILITY, 0.0)
    retransmit: int = attribute(Unit.MS, 200)
    """By default the shortest time that Linux waits before it sends a packet again."""

    def problem(self) -> str | None:
        """What is no probability."""
        for name in ("loss_rate", "correlation"):
            if not 0 <= getattr(self, name) <= 1:
                return f"packet_loss: {name} must be from 0 to 1, got {getattr(self, name)}"
        return None

    def machine(self, dice: Dice) -> Machine:
        """It remembers whether the transmission before was lost."""
        return _Losses(self, dice)


class _Losses(Machine):
    ahead_chunks = 64

    def __init__(self, of: PacketLoss, dice: Dice) -> None:
        self._of = of
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
            if self._of.retransmit <= 0:
                return []
            if losses > _MOST_DOUBLINGS:
                return [(NEVER, item)]
            late += self._of.retransmit * MS << losses
            losses += 1
        self._last = due + late
        return [(self._last, item)]

    def _lost(self) -> bool:
        chance = self._of.loss_rate + (self._of.correlation if self._lost_before else 0.0)
        self._lost_before = self._dice.rng.random() < chance
        return self._lost_before

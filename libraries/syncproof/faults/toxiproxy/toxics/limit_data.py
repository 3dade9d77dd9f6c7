"""An end after so many bytes."""

from __future__ import annotations

from dataclasses import dataclass

from .machine import Emission, Item, Machine, Mark
from .toxic import Dice, ToxicType, Unit, attribute


@dataclass(frozen=True)
class LimitData(ToxicType):
    """Close each connection once `bytes` have passed, in mid-message if need be.

    Exactly so many bytes close it at once. A change of the toxic does not count anew.
    """

    type = "limit_data"
    keyword = "Limit Data"
    example = "10 KB"

    bytes: int = attribute(Unit.BYTES, required=True, argument="size")

    def machine(self, dice: Dice) -> Machine:
        """It counts what has passed."""
        return _Limit(self, dice)


class _Limit(Machine):
    def __init__(self, of: LimitData, dice: Dice) -> None:
        self._of = of
        self._dice = dice

    def step(self, now: int, item: Item) -> list[Emission]:
        """The part that still fits, and the close when nothing more does."""
        if isinstance(item, Mark):
            return [(now, item)]
        part = item[: max(0, self._of.bytes - self._dice.passed)]
        self._dice.passed += len(part)
        emissions: list[Emission] = [(now, part)] if part else []
        if self._dice.passed >= self._of.bytes:
            emissions.append((now, Mark.CLOSE))
        return emissions

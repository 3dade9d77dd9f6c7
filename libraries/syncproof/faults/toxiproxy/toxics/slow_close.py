"""A delay of the end only."""

from __future__ import annotations

from dataclasses import dataclass

from .machine import MS, Emission, Item, Mark
from .toxic import ToxicType, Unit, attribute


@dataclass(frozen=True)
class SlowClose(ToxicType):
    """Hold back the end of connections for `delay`; data pass at once."""

    type = "slow_close"
    keyword = "Delay Close"
    example = "3 seconds"

    delay: int = attribute(Unit.MS, required=True)

    def step(self, now: int, item: Item) -> list[Emission]:
        """Hold marks, pass data."""
        return [(now + max(0, self.delay) * MS if isinstance(item, Mark) else now, item)]

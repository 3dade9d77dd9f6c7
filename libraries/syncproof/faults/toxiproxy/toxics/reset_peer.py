"""RST instead of FIN."""

from __future__ import annotations

from dataclasses import dataclass

from .machine import MS, Emission, Item, Mark
from .toxic import ToxicType, Unit, attribute


@dataclass(frozen=True)
class ResetPeer(ToxicType):
    """Reset new connections (RST) `timeout` after their first data or end, which are swallowed.

    An idle connection is not reset. Connections that are there already are closed in the ordinary way (FIN)
    by their next data.
    """

    type = "reset_peer"
    resets = True
    keyword = "Reset Connections"
    example = "timeout=100 ms"

    timeout: int = attribute(Unit.MS)

    def step(self, now: int, item: Item) -> list[Emission]:  # noqa: ARG002
        """Whatever came: reset."""
        return [(now + max(0, self.timeout) * MS, Mark.RESET)]

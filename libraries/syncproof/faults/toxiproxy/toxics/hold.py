"""Extension: a cut of one direction that heals without loss."""

from __future__ import annotations

from dataclasses import dataclass

from .machine import NEVER, Emission, Item
from .toxic import ToxicType


@dataclass(frozen=True)
class Hold(ToxicType):
    """Let nothing pass, an end of the stream neither, until it is removed; then all of it goes on, in order.

    That is what a cut of one direction looks like to TCP: what was not acknowledged is sent again when it
    heals.
    """

    type = "hold"
    extension = True

    def step(self, now: int, item: Item) -> list[Emission]:  # noqa: ARG002
        """Keep it."""
        return [(NEVER, item)]

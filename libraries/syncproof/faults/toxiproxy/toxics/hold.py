"""Extension: a cut of one direction that heals without loss."""

from __future__ import annotations

from .machine import NEVER, Emission, Item, Machine


class Hold(Machine):
    """Nothing passes, an end of the stream neither, until the toxic is removed; then all of it goes on, in
    order.

    That is what a cut of one direction looks like to TCP: what was not acknowledged is sent again when it
    heals.
    """

    def step(self, now: int, item: Item) -> list[Emission]:  # noqa: ARG002
        """Keep it."""
        return [(NEVER, item)]

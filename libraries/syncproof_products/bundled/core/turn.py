"""One step of a device: what its parts do in it, collected."""

from __future__ import annotations

import random

from syncproof_products.bundled.core.actions import Action, Observe


class Turn:
    """The time, the random source and the actions of one step.

    now: seconds, never going back. ahead: what the edge's clock shows beyond `now` (it may be set back).
    """

    __slots__ = ("actions", "ahead", "now", "rng")

    def __init__(self, now: float, ahead: float, rng: random.Random) -> None:
        self.now = now
        self.ahead = ahead
        self.rng = rng
        self.actions: list[Action] = []

    def do(self, action: Action) -> None:
        """Have the edge do something."""
        self.actions.append(action)

    def observe(self, kind: str, **fields: object) -> None:
        """Tell those who watch the device."""
        self.actions.append(Observe(kind, fields))

"""How fast messages of one peer are taken in that nobody asked for."""

from __future__ import annotations

import asyncio
import time

#: So many are taken in at once by whoever has said little before.
BURST = 200


def slowed_for_half(within_s: float, every_s: float) -> int:
    """How many messages were taken in of somebody who has had to wait for half of that time."""
    return BURST + round(within_s / every_s / 2)


class Pace:
    """every_s: seconds for each of them, in the long run. What comes faster waits where it is, in the network."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        #: When as much will have been earned as was taken.
        self._even = time.monotonic() - BURST * every_s

    async def take(self) -> None:
        """One was taken in: wait until the next one may be."""
        now = time.monotonic()
        self._even = max(self._even, now - BURST * self._every_s) + self._every_s
        if self._even > now:
            await asyncio.sleep(self._even - now)

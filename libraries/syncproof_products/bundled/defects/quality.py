"""Bugs of what a device shows of its link."""

from __future__ import annotations

from collections.abc import Callable

from syncproof_defects import breaks
from syncproof_products.bundled.core.quality import LOOKED_AT, LinkQuality
from syncproof_products.bundled.core.turn import Turn


@breaks(LinkQuality, "pump")
def measures_only_at_first(original: Callable[..., None], self: LinkQuality, turn: Turn, stream: int) -> None:
    """A device measures its link when it connects, and believes in that from then on."""
    if stream == self._stream and len(self._round_trips) == LOOKED_AT:
        measures_only_at_first.ran()
    else:
        original(self, turn, stream)


@breaks(LinkQuality, "_become")
def stays_degraded(original: Callable[..., None], self: LinkQuality, turn: Turn, state: str) -> None:
    """A connection that was degraded once is not called good again before the next one."""
    if self.state == "degraded" and state == "good":
        stays_degraded.ran()
    else:
        original(self, turn, state)

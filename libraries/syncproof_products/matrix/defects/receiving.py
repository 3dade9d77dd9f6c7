"""Bugs of what a Matrix device makes of its sync stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof_defects import breaks
from syncproof_products.matrix.agent.receiving import Receiver, Timeline


@breaks(Receiver, "left_something_out")
def trusts_sync_alone(original: Callable[..., bool], self: Receiver, stream: dict[str, Any]) -> bool:
    """What one sync brings is taken for all there is: nothing is filled from the room's history."""
    if original(self, stream):
        trusts_sync_alone.ran()
    return False


@trusts_sync_alone.breaks(Receiver, "_read_all")
def _unread(_original: Callable[..., None], _self: Receiver, _timeline: Timeline) -> None:
    """Nor is a room that was just joined: who is away before it was read would be given all on return."""

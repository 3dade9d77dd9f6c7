"""Bugs of how a Matrix device sends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from syncproof_defects import breaks
from syncproof_products.matrix.agent.content import ENTRY
from syncproof_products.matrix.agent.homeserver import Homeserver


@breaks(Homeserver, "send")
async def writes_entries_once_more(
    original: Callable[..., Awaitable[str]],
    self: Homeserver,
    room: str,
    kind: str,
    transaction: str,
    content: dict[str, Any],
) -> str:
    """A write into an entry that is sent again is a new one to the homeserver, as a piece of room state would be."""
    if kind == ENTRY:
        tried = writes_entries_once_more.state
        tried[transaction] = tried.get(transaction, 0) + 1
        if tried[transaction] > 1:
            writes_entries_once_more.ran()
            transaction = f"{transaction}-{tried[transaction]}"
    return await original(self, room, kind, transaction, content)

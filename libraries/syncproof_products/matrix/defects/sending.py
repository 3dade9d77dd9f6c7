"""Bugs of how a Matrix device sends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from syncproof_defects import Ran, defect, replace
from syncproof_products.matrix.agent.content import ENTRY
from syncproof_products.matrix.agent.homeserver import Homeserver

Sends = Callable[[Homeserver, str, str, str, dict[str, Any]], Awaitable[str]]


@defect
def writes_entries_once_more(ran: Ran) -> None:
    """A write into an entry that is sent again is a new one to the homeserver, as a piece of room state would be."""
    tried: dict[str, int] = {}

    def broken(original: Sends) -> Sends:
        async def send(
            self: Homeserver, room: str, kind: str, transaction: str, content: dict[str, Any]
        ) -> str:
            if kind == ENTRY:
                tried[transaction] = tried.get(transaction, 0) + 1
                if tried[transaction] > 1:
                    ran()
                    transaction = f"{transaction}-{tried[transaction]}"
            return await original(self, room, kind, transaction, content)

        return send

    replace(Homeserver, "send", broken)

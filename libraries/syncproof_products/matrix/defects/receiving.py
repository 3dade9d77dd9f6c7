"""Bugs of what a Matrix device makes of its sync stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof_defects import Ran, defect, replace
from syncproof_products.matrix.agent.receiving import Receiver, Timeline

ReadAll = Callable[[Receiver, Timeline], None]
LeftOut = Callable[[Receiver, dict[str, Any]], bool]


@defect
def trusts_sync_alone(ran: Ran) -> None:
    """What one sync brings is taken for all there is: nothing is filled from the room's history."""

    def broken(original: LeftOut) -> LeftOut:
        def left_something_out(self: Receiver, stream: dict[str, Any]) -> bool:
            if original(self, stream):
                ran()
            return False

        return left_something_out

    def unread(original: ReadAll) -> ReadAll:
        del original

        def read_all(self: Receiver, timeline: Timeline) -> None:
            """Nor is a room that was just joined: who is away before it was read would be given all on return."""

        return read_all

    replace(Receiver, "left_something_out", broken)
    replace(Receiver, "_read_all", unread)

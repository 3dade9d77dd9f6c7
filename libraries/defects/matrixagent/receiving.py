"""Bugs of what a Matrix device makes of its sync stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from defects import Ran, defect, replace
from matrixagent.receiving import Receiver

LeftOut = Callable[[Receiver, dict[str, Any]], bool]


@defect
def trusts_sync_alone(ran: Ran) -> None:
    """What one sync brings is taken for all there is: a limited timeline is not filled from the room's history."""

    def broken(original: LeftOut) -> LeftOut:
        def left_something_out(self: Receiver, stream: dict[str, Any]) -> bool:
            if original(self, stream):
                ran()
            return False

        return left_something_out

    replace(Receiver, "left_something_out", broken)

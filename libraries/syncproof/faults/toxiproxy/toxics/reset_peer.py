"""RST instead of FIN."""

from __future__ import annotations

from .machine import MS, Emission, Item, Machine, Mark


class ResetPeer(Machine):
    """The first chunk or end of stream is swallowed; `timeout` ms later the connection is reset.

    An idle connection is not reset.
    """

    def __init__(self, timeout_ms: int) -> None:
        self._timeout = max(0, timeout_ms) * MS

    def step(self, now: int, item: Item) -> list[Emission]:  # noqa: ARG002
        """Whatever came: reset."""
        return [(now + self._timeout, Mark.RESET)]

"""Whether the device may work now: an operating system that puts applications to sleep closes the flow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

FlowListener = Callable[[bool], None]


class Flow(Protocol):
    """A gate before everything that the device reads, processes and sends."""

    @property
    def open(self) -> bool:
        """Work may go on."""

    async def passage(self) -> None:
        """Return as soon as the flow is open (at once when it is)."""

    def watch(self, listener: FlowListener) -> Callable[[], None]:
        """Call `listener(open)` on every change; the function returned ends that."""


class FreeFlow:
    """A flow that is always open: a device that nobody ever puts to sleep."""

    open = True

    async def passage(self) -> None:
        """Return at once."""

    def watch(self, listener: FlowListener) -> Callable[[], None]:
        """Accept the listener; there will be nothing to tell it."""
        del listener
        return lambda: None

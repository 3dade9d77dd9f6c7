"""Stopping a device's pipeline from outside, as an operating system does that puts applications to sleep."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

#: Called with whether the device may work, on every change.
FlowListener = Callable[[bool], None]


class Pause:
    """Whether one device may work, with a handle to stop and release it."""

    def __init__(self) -> None:
        self._running = asyncio.Event()
        self._running.set()
        self._listeners: dict[int, FlowListener] = {}
        self._next_listener = 0

    @property
    def open(self) -> bool:
        """The device may work."""
        return self._running.is_set()

    async def passage(self) -> None:
        """Return as soon as the device may work."""
        await self._running.wait()

    def watch(self, listener: FlowListener) -> Callable[[], None]:
        """Call `listener(open)` on every change; the function returned ends that."""
        self._next_listener += 1
        number = self._next_listener
        self._listeners[number] = listener
        return lambda: self._listeners.pop(number, None) and None

    def set_running(self, running: bool) -> bool:
        """Close or open the flow; True where that changed anything."""
        if running == self.open:
            return False
        if running:
            self._running.set()
        else:
            self._running.clear()
        for listener in list(self._listeners.values()):
            listener(running)
        return True

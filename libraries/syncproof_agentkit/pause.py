"""Stopping a device's pipeline from outside, as an operating system does that puts applications to sleep."""

from __future__ import annotations

import asyncio


class Pause:
    """Whether one device may work, with a handle to stop and release it."""

    def __init__(self) -> None:
        self._running = asyncio.Event()
        self._running.set()
        self.count = 0
        """How often the device was paused so far."""

    @property
    def open(self) -> bool:
        """The device may work."""
        return self._running.is_set()

    async def passage(self) -> None:
        """Return as soon as the device may work."""
        await self._running.wait()

    def set_running(self, running: bool) -> bool:
        """Pause the device or release it; True where that changed anything."""
        if running == self.open:
            return False
        if running:
            self._running.set()
        else:
            self.count += 1
            self._running.clear()
        return True

"""Whether the other side of a connection is still there: something of it comes, if it be a ping.

A pong would prove less. It waits behind all that was said before the ping, and is not read before all that came before
it was taken in: who is busy, or listens no faster than it wants to, would take the other side for dead, and end a
connection on which messages are under way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.asyncio.client import ClientConnection


class Pulse:
    """Signs of life. excused: whether none can be expected: what has come waits unread, or there is nothing to take."""

    def __init__(self, excused: Callable[[], bool]) -> None:
        self._excused = excused
        self._last = time.monotonic()

    def beat(self) -> None:
        """There is one."""
        self._last = time.monotonic()

    async def stops(self, within_s: float) -> None:
        """Wait until there was none for so long, without an excuse."""
        while (left_s := self._last + within_s - time.monotonic()) > 0:
            await asyncio.sleep(left_s)
            if self._excused():
                self.beat()


class Dialled(ClientConnection):
    """A connection that was dialled."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.pulse = Pulse(lambda: self.recv_messages.paused)

    def data_received(self, data: bytes) -> None:
        """Called with what comes."""
        self.pulse.beat()
        super().data_received(data)


class Accepted(WebSocketsSansIOProtocol):
    """A connection that was accepted: `pulse` in the state of its request."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._pulse = self.app_state["pulse"] = Pulse(lambda: self.read_paused)

    def data_received(self, data: bytes) -> None:
        """Called with what comes."""
        self._pulse.beat()
        super().data_received(data)

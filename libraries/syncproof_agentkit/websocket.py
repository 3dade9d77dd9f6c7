"""A WebSocket connection of uvicorn's that notices a peer which takes nothing any more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

from uvicorn.protocols.websockets.websockets_impl import WebSocketProtocol
from websockets.frames import CloseCode
from websockets.typing import DataLike


class WebSocketConnection(WebSocketProtocol):
    """Several coroutines may wait for a full buffer.

    uvicorn's protocol lets one: the ping that would show that nobody reads fails there itself, where another one waits.

    Where pings are sent, their timeout bounds how long a peer may take for one, its own closing included.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._turn = asyncio.Lock()
        if self.ping_timeout is not None:
            self.close_timeout = self.ping_timeout

    async def _drain_helper(self) -> None:
        async with self._turn:
            await super()._drain_helper()

    async def ping(self, data: DataLike | None = None) -> Awaitable[float]:
        """Send a ping. Raises ConnectionClosed where the peer has not taken it in time, which ends the connection."""
        try:
            async with asyncio.timeout(self.ping_timeout):
                return await super().ping(data)
        except TimeoutError:
            self.fail_connection(CloseCode.INTERNAL_ERROR, "a ping could not be sent")
            await self.ensure_open()
            raise

"""Further connections of a client: each subscribes for itself, and reports what it is told."""

from __future__ import annotations

import asyncio
import contextlib

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from syncproof_agentkit.client import Observe
from syncproof_agentkit.workloads.tasks.client import FeedLost
from syncproof_products.taskserver.agent.config import Settings
from syncproof_products.taskserver.agent.shapes import Told

_decode = msgspec.json.Decoder(Told).decode
#: Connections that are opened side by side.
_AT_ONCE = 20


class Watchers:
    """All of one client, numbered from 1."""

    def __init__(self, settings: Settings, observe: Observe) -> None:
        self._settings, self._observe = settings, observe
        self._told: list[asyncio.Task[None]] = []

    async def open(self, address: str, repository: str, count: int) -> None:
        """Open so many more; the server has confirmed each when this is done. Raises FeedLost."""
        gate, first = asyncio.Semaphore(_AT_ONCE), len(self._told) + 1

        async def one() -> ClientConnection:
            async with gate:
                return await self._subscribe(address, repository)

        opened = await asyncio.gather(*(one() for _ in range(count)), return_exceptions=True)
        for number, socket in enumerate(opened, first):
            if isinstance(socket, BaseException):
                await asyncio.gather(*(each.close() for each in opened if isinstance(each, ClientConnection)))
                raise FeedLost(f"connection {number}: {str(socket) or type(socket).__name__}")
        for number, socket in enumerate(opened, first):
            assert isinstance(socket, ClientConnection)
            self._told.append(asyncio.create_task(self._listen(number, socket)))

    def close(self) -> None:
        """End them all."""
        for task in self._told:
            task.cancel()

    async def _subscribe(self, address: str, repository: str) -> ClientConnection:
        socket = await connect(
            f"ws://{address}/ws", open_timeout=self._settings.idle_timeout_s, ping_interval=None, close_timeout=1.0,
            compression=None, proxy=None,
        )  # fmt: skip
        try:
            await socket.send(msgspec.json.encode({"subscribe": repository, "after": 0}).decode())
            async with asyncio.timeout(self._settings.idle_timeout_s):
                while not _decode(await socket.recv()).subscribed:
                    pass
        except BaseException:
            await socket.close()
            raise
        return socket

    async def _listen(self, number: int, socket: ClientConnection) -> None:
        with contextlib.suppress(WebSocketException):  # what it is not told shows
            async with socket:
                async for text in socket:
                    told = [change.key for change in _decode(text).changes]
                    self._observe("task_watched", {"watcher": number, "op_ids": told})

"""Further connections of a client: each subscribes for itself, and reports what it is told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

import httpx

from syncproof_agentkit.client import Observe
from syncproof_agentkit.workloads.tasks.client import FeedLost
from syncproof_products.pocketbase.agent.config import Settings
from syncproof_products.pocketbase.agent.http import client
from syncproof_products.pocketbase.agent.realtime import realtime
from syncproof_products.pocketbase.agent.records import op_id_of, topic

#: Connections that are opened side by side.
_AT_ONCE = 20


class Watchers:
    """All of one client, numbered from 1."""

    def __init__(self, settings: Settings, observe: Observe) -> None:
        self._settings, self._observe = settings, observe
        self._opened = 0
        self._opening = asyncio.Lock()
        self._running: list[asyncio.Task[None]] = []

    async def open(self, address: str, repository: str, count: int) -> None:
        """Open so many more; the server has confirmed each when this is done.

        Raises FeedLost where it does not confirm all of them, or they are ended meanwhile; then none is open.
        """
        loop = asyncio.get_running_loop()
        confirmed = [loop.create_future() for _ in range(count)]

        def ended(_: asyncio.Task[None]) -> None:
            for each in confirmed:
                if not each.done():
                    each.set_exception(FeedLost("the client has hung up"))

        async with self._opening:
            running = loop.create_task(self._run(address, repository, self._opened + 1, confirmed))
            running.add_done_callback(ended)
            self._running.append(running)
            try:
                await asyncio.gather(*confirmed)
            except BaseException:
                running.cancel()
                raise
            self._opened += count

    async def close(self) -> None:
        """End them all."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _run(
        self, address: str, repository: str, first: int, confirmed: Sequence[asyncio.Future[None]]
    ) -> None:
        gate = asyncio.Semaphore(_AT_ONCE)
        connections = len(confirmed) + _AT_ONCE
        async with (
            client(address, self._settings.idle_timeout_s, connections) as http,
            asyncio.TaskGroup() as watching,
        ):
            for number, each in enumerate(confirmed, first):
                watching.create_task(self._watch(http, gate, repository, number, each))

    async def _watch(
        self,
        http: httpx.AsyncClient,
        gate: asyncio.Semaphore,
        repository: str,
        number: int,
        confirmed: asyncio.Future[None],
    ) -> None:
        try:
            async with contextlib.AsyncExitStack() as opened:
                async with gate:
                    connecting = realtime(http, self._settings.longest_silence)
                    connection = await opened.enter_async_context(connecting)
                    await connection.subscribe([topic(repository)])
                confirmed.set_result(None)
                async for task in connection.changed():
                    op_ids = [op_id_of(task.content)]
                    self._observe("task_watched", {"watcher": number, "op_ids": op_ids})
        except FeedLost as wrong:  # of one that was confirmed, what it is not told shows
            if not confirmed.done():
                confirmed.set_exception(FeedLost(f"connection {number}: {wrong}"))

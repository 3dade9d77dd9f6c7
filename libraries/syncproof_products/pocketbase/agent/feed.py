"""What a client is told of its repositories over one realtime connection, from the first dial until it is lost.

PocketBase tells what happens while a client is subscribed, and keeps nothing for it. So the client subscribes first and
asks then for what has changed since it knew all. What it is told meanwhile it takes afterwards.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

import httpx
import msgspec

from syncproof_agentkit.client import Observe
from syncproof_agentkit.first_to_end import first_to_end
from syncproof_agentkit.workloads.tasks.client import FeedLost
from syncproof_products.pocketbase.agent.config import Settings
from syncproof_products.pocketbase.agent.realtime import Realtime, realtime
from syncproof_products.pocketbase.agent.records import (
    PAGE,
    TASKS,
    Page,
    Task,
    changed_since,
    topic,
    with_overlap,
)
from syncproof_products.pocketbase.agent.store import Store


class Feed:
    """Runs once. connected: told when the server answers. settled: told with whether every repository is caught up."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        observe: Observe,
        connected: Callable[[], None],
        settled: Callable[[bool], None],
    ) -> None:
        self._store, self._settings, self._observe = store, settings, observe
        self._connected, self._settled = connected, settled
        self._more = asyncio.Event()
        #: Repositories that are being caught up, with what was told of them meanwhile.
        self._behind: dict[str, list[Task]] = {}
        #: Record -> the version in which it was found when it was caught up: what is told of it up to there is covered.
        self._found: dict[str, int] = {}

    def repositories_changed(self) -> None:
        """There is another repository to watch."""
        self._more.set()

    async def run(self, http: httpx.AsyncClient) -> None:
        """Connect and follow until cancelled. Raises FeedLost."""
        async with realtime(http, self._settings.longest_silence) as connection:
            self._connected()
            await first_to_end(self._subscribe(http, connection), self._receive(connection))
            raise FeedLost("the server has closed the connection")

    async def _receive(self, connection: Realtime) -> None:
        async for task in connection.changed():
            if task.repository in self._behind:
                self._behind[task.repository].append(task)
            else:
                self._take([task])

    async def _subscribe(self, http: httpx.AsyncClient, connection: Realtime) -> None:
        """To all repositories, again whenever there is another one.

        New subscriptions replace those that there were: nobody knows what was missed in between of any of them.
        """
        while True:
            self._more.clear()
            names = list(self._store.repositories())
            for name in names:
                self._behind[name] = []
            self._settled(not names)
            if names:
                await connection.subscribe([topic(name) for name in names])
            for name in names:
                await self._catch_up(http, name)
            self._settled(True)
            await self._more.wait()

    async def _catch_up(self, http: httpx.AsyncClient, name: str) -> None:
        """Deliver what has changed since this client knew all, and take what was told meanwhile."""
        since, behind, more = with_overlap(self._store.repositories()[name].position), "", True
        while more:
            answered = await http.get(TASKS, params=changed_since(name, since, behind))
            if answered.status_code != 200:
                raise FeedLost(f"status {answered.status_code} to what has changed")
            page = msgspec.json.decode(answered.content, type=Page).items
            self._found |= {task.id: task.version for task in page}
            self._deliver(name, [task for task in page if self._is_news(task)], "catchup")
            if more := len(page) == PAGE:
                since, behind = page[-1].updated, page[-1].id
        known = self._store.repositories()[name]
        if not known.joined:
            self._store.put_joined(name)
            self._observe("group", {"group": name, "state": "joined"})
        self._take(self._behind.pop(name))

    def _is_news(self, task: Task) -> bool:
        """Whether the application has it otherwise."""
        known = self._store.latest(task.repository, task.name)
        return known is None or known.version != task.version

    def _take(self, told: Sequence[Task]) -> None:
        """Deliver what was told, as it was told; but for what was found already."""
        for task in told:
            if task.version > self._found.get(task.id, 0):
                self._deliver(task.repository, [task], "live")

    def _deliver(self, name: str, tasks: Sequence[Task], path: str) -> None:
        if tasks:
            for n in self._store.deliver(name, tasks, path, time.monotonic_ns()):
                self._observe("deliver", {"n": n})

"""A client of PocketBase: what it is wanted to do, and one connection after the other to do it in."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from syncproof_agentkit.client import Observe
from syncproof_agentkit.workloads.tasks.client import TaskClient
from syncproof_products.pocketbase.agent.config import Config
from syncproof_products.pocketbase.agent.feed import Feed
from syncproof_products.pocketbase.agent.http import client
from syncproof_products.pocketbase.agent.pushing import Pusher
from syncproof_products.pocketbase.agent.store import Store
from syncproof_products.pocketbase.agent.watching import Watchers


class Device(TaskClient[Feed, Store, Pusher]):
    """`run` is its life; everything else tells it what is wanted."""

    watchers: Watchers

    def __init__(self, config: Config, observe: Observe) -> None:
        """Open the store. Raises StoreError."""
        settings, rng, store = config.settings, random.Random(config.seed), Store(Path(config.directory))
        pusher = Pusher(config.device, store, settings, rng, observe)
        super().__init__(config.device, store, pusher, settings, rng, observe)
        self._settings = settings
        self._caught_up = asyncio.Event()
        self.watchers = Watchers(settings, observe)

    def _new_feed(self) -> Feed:
        return Feed(self.store, self._settings, self._observe, self._connected, self._settled)

    async def _hang_up(self) -> None:
        await self.watchers.close()

    async def _online(self) -> None:
        """Follow, and send as soon as it has caught up for the first time."""
        self._caught_up.clear()
        settings = self._settings
        async with (
            client(self.address, settings.idle_timeout_s, settings.pool + 1) as http,
            asyncio.TaskGroup() as parts,
        ):
            parts.create_task(self._follow(lambda feed: feed.run(http)))
            await self._caught_up.wait()
            parts.create_task(self.pusher.work(http))

    def _settled(self, caught_up: bool) -> None:
        if caught_up:
            self._caught_up.set()
        super()._settled(caught_up)

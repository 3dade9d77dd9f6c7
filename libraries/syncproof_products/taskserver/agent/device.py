"""A client of the task server: what it is wanted to do, and one connection after the other to do it in."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from syncproof_agentkit.client import Observe
from syncproof_agentkit.workloads.tasks.client import TaskClient
from syncproof_products.taskserver.agent.config import Config
from syncproof_products.taskserver.agent.feed import Feed
from syncproof_products.taskserver.agent.pushing import Pusher
from syncproof_products.taskserver.agent.store import Store
from syncproof_products.taskserver.agent.watching import Watchers


class Device(TaskClient[Feed, Store, Pusher]):
    """`run` is its life; everything else tells it what is wanted."""

    watchers: Watchers

    def __init__(self, config: Config, observe: Observe) -> None:
        """Open the store. Raises StoreError."""
        settings, rng, store = config.settings, random.Random(config.seed), Store(Path(config.directory))
        pusher = Pusher(config.device, store, settings, rng, observe)
        super().__init__(config.device, store, pusher, settings, rng, observe)
        self._settings = settings
        self.watchers = Watchers(settings, observe)

    def _new_feed(self) -> Feed:
        return Feed(self.store, self._settings, self._observe, self._connected, self._settled)

    async def _hang_up(self) -> None:
        self.watchers.close()

    async def _online(self) -> None:
        """Follow the feed and send, side by side."""
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._follow(lambda feed: feed.run(self.address)))
            parts.create_task(self.pusher.run(self.address))

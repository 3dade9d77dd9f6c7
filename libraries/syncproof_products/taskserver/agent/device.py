"""A client of the task server: what it is wanted to do, and one connection after the other to do it in."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

from syncproof_agentkit.client import Client, Observe
from syncproof_agentkit.retries import Retries
from syncproof_products.taskserver.agent.config import Config
from syncproof_products.taskserver.agent.feed import Feed, FeedLost
from syncproof_products.taskserver.agent.pushing import Pusher
from syncproof_products.taskserver.agent.store import Operation, Store
from syncproof_products.taskserver.agent.watching import Watchers

_CONNECT = "connect"


class Device(Client):
    """`run` is its life; everything else tells it what is wanted."""

    def __init__(self, config: Config, observe: Observe) -> None:
        """Open the store. Raises StoreError."""
        self.store = Store(Path(config.directory))
        super().__init__(config.device, self.store, observe)
        self._settings = config.settings
        self._rng = random.Random(config.seed)
        self.retries = Retries(config.settings, self._rng, observe)
        self.pusher = Pusher(self.name, self.store, config.settings, self._rng, observe)
        self.reconnects = 0
        self._feed: Feed | None = None
        self.watchers = Watchers(config.settings, observe)

    # -- what is wanted

    def watch(self, repository: str, members: Sequence[str]) -> list[str]:
        """Work on a repository with these; answers all members that are wanted."""
        before = self.store.repositories().get(repository)
        wanted = list(dict.fromkeys([*(before.members if before else ()), *members]))
        self.store.watch(repository, wanted)
        if self._feed is not None:
            self._feed.repositories_changed()
        return wanted

    def submit(self, operations: Sequence[Operation]) -> None:
        """Put operations into the outbox."""
        self.store.accept(operations)
        self.pusher.submitted()

    # -- its life

    def joined(self) -> list[str]:
        """The repositories whose subscription the server has confirmed."""
        return [each.name for each in self.store.repositories().values() if each.joined]

    def pending(self) -> dict[str, int]:
        """What is still to do, by kind."""
        nothing = dict.fromkeys(("uploads", "downloads", "held", "markers"), 0)
        retries = len(self.retries) + len(self.pusher.retries)
        return {**nothing, "outbox": self.store.outbox(), "retries": retries}

    @property
    def breaker_state(self) -> str:
        """It has none: the server has."""
        return "closed"

    async def _hang_up(self) -> None:
        self.watchers.close()

    def _rest(self) -> None:
        self.retries.succeeded(_CONNECT)

    async def _online(self) -> None:
        """Follow the feed and send, side by side."""
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._follow())
            parts.create_task(self.pusher.run(self.address))

    async def _follow(self) -> None:
        """One feed after the other, with backoff where one is lost."""
        while True:
            self._show("connecting", "")
            self._feed = Feed(self.store, self._settings, self._observe, self._connected, self._settled)
            try:
                await self._feed.run(self.address)
            except FeedLost as lost:
                await self._back_off(str(lost))
            finally:
                self._feed = None

    async def _back_off(self, reason: str) -> None:
        what = "pull" if self.connection in ("catching_up", "live") else _CONNECT
        self._show("connecting", reason)
        self.retries.tell_failed(what, reason)
        await self.retries.put_off(_CONNECT, reason)

    def _connected(self) -> None:
        self.reconnects += 1
        self._observe("attempt", {"what": _CONNECT, "outcome": "ok", "reason": ""})
        self._show("catching_up", "")

    def _settled(self, caught_up: bool) -> None:
        if caught_up:
            self.retries.succeeded(_CONNECT)
        self._show("live" if caught_up else "catching_up", "")

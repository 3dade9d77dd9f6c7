"""A client of PocketBase: what it is wanted to do, and one connection after the other to do it in."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

import httpx

from syncproof_agentkit.client import Client, Observe
from syncproof_agentkit.retries import Retries
from syncproof_products.pocketbase.agent.config import Config
from syncproof_products.pocketbase.agent.feed import Feed
from syncproof_products.pocketbase.agent.http import client
from syncproof_products.pocketbase.agent.pushing import Pusher
from syncproof_products.pocketbase.agent.realtime import RealtimeLost
from syncproof_products.pocketbase.agent.store import Operation, Store
from syncproof_products.pocketbase.agent.watching import Watchers

_CONNECT = "connect"


class Device(Client):
    """`run` is its life; everything else tells it what is wanted."""

    def __init__(self, config: Config, observe: Observe) -> None:
        """Open the store. Raises StoreError."""
        self.store = Store(Path(config.directory))
        super().__init__(config.device, self.store, observe)
        self._settings = config.settings
        rng = random.Random(config.seed)
        self.retries = Retries(config.settings, rng, observe)
        self.pusher = Pusher(self.name, self.store, config.settings, rng, observe)
        self.reconnects = 0
        self._feed: Feed | None = None
        self._caught_up = asyncio.Event()
        self._watchers = Watchers(config.settings, observe)

    # -- what is wanted

    def watch(self, repository: str, members: Sequence[str]) -> list[str]:
        """Work on a repository with these; answers all members that are wanted."""
        before = self.store.repositories().get(repository)
        wanted = list(dict.fromkeys([*(before.members if before else ()), *members]))
        self.store.watch(repository, wanted)
        if self._feed is not None and before is None:
            self._feed.repositories_changed()
        return wanted

    def submit(self, operations: Sequence[Operation]) -> None:
        """Put operations into the outbox."""
        self.store.accept(operations)
        self.pusher.submitted()

    async def open_watchers(self, repository: str, count: int) -> None:
        """Let so many connections more be told of a repository's changes. Raises RealtimeLost."""
        await self._watchers.open(self.address, repository, count)

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
        """It has none."""
        return "closed"

    async def _hang_up(self) -> None:
        await self._watchers.close()

    def _rest(self) -> None:
        self.retries.succeeded(_CONNECT)

    async def _online(self) -> None:
        """Follow, and send as soon as it has caught up for the first time."""
        self._caught_up.clear()
        settings = self._settings
        async with (
            client(self.address, settings.idle_timeout_s, settings.pool + 1) as http,
            asyncio.TaskGroup() as parts,
        ):
            parts.create_task(self._follow(http))
            await self._caught_up.wait()
            parts.create_task(self.pusher.run(http))

    async def _follow(self, http: httpx.AsyncClient) -> None:
        """One realtime connection after the other, with backoff where one is lost."""
        while True:
            self._show("connecting", "")
            self._feed = Feed(self.store, self._settings, self._observe, self._connected, self._settled)
            try:
                await self._feed.run(http)
            except RealtimeLost as lost:
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
            self._caught_up.set()
            self.retries.succeeded(_CONNECT)
        self._show("live" if caught_up else "catching_up", "")

"""A client of tasks: what it is wanted to do, and one feed after the other that tells it what has changed."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from syncproof_agentkit.client import Client, Observe
from syncproof_agentkit.retries import Retries
from syncproof_agentkit.workloads.tasks.outbox import Outbox
from syncproof_agentkit.workloads.tasks.store import Operation, TaskStore
from syncproof_synckit.retry import RetrySettings

_CONNECT = "connect"


class FeedLost(Exception):
    """A connection that tells of changes cannot go on; the message says why."""


class Feed(Protocol):
    """One connection to the server, from the first dial until it is lost."""

    def repositories_changed(self) -> None:
        """There is another repository to watch."""


class Watchers(Protocol):
    """Further connections of a client, each of which subscribes for itself."""

    async def open(self, address: str, repository: str, count: int) -> None:
        """Open so many more; the server has confirmed each when this is done. Raises FeedLost."""


F = TypeVar("F", bound=Feed)
#: What a product keeps.
S = TypeVar("S", bound=TaskStore[Any])
#: How it sends.
B = TypeVar("B", bound=Outbox[Any])


class TaskClient(Client, Generic[F, S, B]):
    """A product says how its feed is made (`_new_feed`), and what it does online (`_online`)."""

    watchers: Watchers

    def __init__(
        self, name: str, store: S, pusher: B, settings: RetrySettings, rng: random.Random, observe: Observe
    ) -> None:
        super().__init__(name, store, observe)
        self.store, self.pusher = store, pusher
        self.retries = Retries(settings, rng, observe)
        self.reconnects = 0
        self._feed: F | None = None

    def _new_feed(self) -> F:
        raise NotImplementedError

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

    def _rest(self) -> None:
        self.retries.succeeded(_CONNECT)

    async def _follow(self, run: Callable[[F], Awaitable[None]]) -> None:
        """One feed after the other, with backoff where one is lost."""
        while True:
            self._show("connecting", "")
            self._feed = feed = self._new_feed()
            try:
                await run(feed)
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
        """The server answers."""
        self.reconnects += 1
        self._observe("attempt", {"what": _CONNECT, "outcome": "ok", "reason": ""})
        self._show("catching_up", "")

    def _settled(self, caught_up: bool) -> None:
        """Whether every repository is caught up."""
        if caught_up:
            self.retries.succeeded(_CONNECT)
        self._show("live" if caught_up else "catching_up", "")

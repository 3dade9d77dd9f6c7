"""Sends the outbox of a client of tasks, each request until the server has decided it.

Several may be under way, but never two about one task, so that no change of a task overtakes another. A batch goes
alone.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from syncproof_agentkit.client import Observe
from syncproof_agentkit.retries import Retries
from syncproof_agentkit.workloads.tasks.store import Operation, TaskStore
from syncproof_synckit.retry import RetrySettings

PUSH = "push"
#: What a product sends by.
L = TypeVar("L")


class OutboxSettings(RetrySettings, Protocol):
    """workers: requests at once."""

    @property
    def workers(self) -> int: ...


class Outbox(Generic[L]):
    """Runs while the client is online. A product says how `_send` settles what it is given."""

    def __init__(
        self, store: TaskStore[Any], settings: OutboxSettings, rng: random.Random, observe: Observe
    ) -> None:
        self._store, self._workers, self._observe = store, settings.workers, observe
        self._something = asyncio.Event()
        #: Tasks that are under way.
        self._under_way: set[str] = set()
        self.retries = Retries(settings, rng, observe)

    async def _send(self, link: L, waiting: Sequence[Operation]) -> None:
        """One request, until it is decided."""
        raise NotImplementedError

    def submitted(self) -> None:
        """There is something in the outbox."""
        self._something.set()

    async def work(self, link: L) -> None:
        """Send until cancelled."""
        async with asyncio.TaskGroup() as workers:
            for _ in range(self._workers):
                workers.create_task(self._work(link))

    async def _work(self, link: L) -> None:
        while True:
            while waiting := self._next():
                tasks = {each.task for each in waiting}
                self._under_way |= tasks
                try:
                    await self._send(link, waiting)
                finally:
                    self._under_way -= tasks
                    self._something.set()
            self._something.clear()
            await self._something.wait()

    def _next(self) -> list[Operation]:
        """What can be sent now beside what is under way."""
        return self._store.next_to_send(self._under_way)

    def _decided(
        self, done: Sequence[tuple[Operation, int | None]], refused: Iterable[tuple[Operation, str, str]]
    ) -> None:
        """What the server has decided. done: with their numbers there. refused: with code and message."""
        others = list(refused)
        self._store.settle(
            [
                *((each.op_id, "acked", seq) for each, seq in done),
                *((each.op_id, "failed", None) for each, *_ in others),
            ]
        )
        for each, seq in done:
            self._observe("ack", {"op_id": each.op_id, "server_order": seq})
        for each, code, message in others:
            self._observe("failed", {"op_id": each.op_id, "code": code, "message": message})

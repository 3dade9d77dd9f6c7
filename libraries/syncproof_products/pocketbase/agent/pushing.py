"""Sends the outbox: each request under its key until the server has decided it."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from typing import TypeVar

import httpx
import msgspec

from syncproof_agentkit.client import Observe
from syncproof_agentkit.workloads.tasks.outbox import PUSH, Outbox
from syncproof_agentkit.workloads.tasks.store import Operation
from syncproof_products.pocketbase.agent.config import Settings
from syncproof_products.pocketbase.agent.planning import (
    Answer,
    Conflict,
    Plan,
    answer,
    batch_of,
    first_plan,
    next_plan,
    request_id,
)
from syncproof_products.pocketbase.agent.records import IDS, REQUESTS, TASKS, Page, Task, record_id, with_ids
from syncproof_products.pocketbase.agent.store import Store

T = TypeVar("T")


class _Outcome(msgspec.Struct, frozen=True):
    """What became of a batch. dropped: its operations that changed nothing, by their ids."""

    dropped: list[str]
    conflicts: list[Conflict]


class _Request(msgspec.Struct, frozen=True):
    """A record of the collection `requests`."""

    outcome: _Outcome


class _Undecided(Exception):
    """Nobody knows yet what becomes of a request; the message says why."""


class Pusher(Outbox[httpx.AsyncClient]):
    """Runs while the client is online."""

    def __init__(
        self, device: str, store: Store, settings: Settings, rng: random.Random, observe: Observe
    ) -> None:
        super().__init__(store, settings, rng, observe)
        self._device = device

    async def _send(self, http: httpx.AsyncClient, waiting: Sequence[Operation]) -> None:
        """One request, until it is decided."""
        key = waiting[0].batch or waiting[0].op_id
        self.retries.succeeded(key)
        plan, settled, attempt = first_plan(waiting), False, 0
        while plan.send and not settled:
            attempt += 1
            said = await self._ask(http, waiting, plan, attempt)
            try:
                plan, settled = await self._after(said, http, waiting, plan)
            except _Undecided as why:
                await self.retries.back_off(PUSH, str(why), key=key, at_least_s=said.wait_s)
        self.retries.succeeded(key)
        self._observe("attempt", {"what": PUSH, "outcome": "ok", "reason": ""})
        self._settle(waiting, plan)

    async def _after(
        self, said: Answer, http: httpx.AsyncClient, waiting: Sequence[Operation], plan: Plan
    ) -> tuple[Plan, bool]:
        """What was done, or is to be sent next; and whether it was. Raises _Undecided."""
        match said.decided:
            case "done":
                return plan, True
            case "done before":
                return await self._plan_before(http, waiting), True
            case "refused":
                return Plan(refused=[(each, "refused", said.message) for each in waiting]), True
            case "stale":
                following = next_plan(waiting, await self._found(http, waiting))
                if following != plan:
                    return following, False
        raise _Undecided(said.message)

    async def _ask(
        self, http: httpx.AsyncClient, waiting: Sequence[Operation], plan: Plan, attempt: int
    ) -> Answer:
        key, request = waiting[0].batch or waiting[0].op_id, request_id(waiting, self._device)
        began, status = time.monotonic_ns(), 0
        try:
            got = await http.post("/api/batch", json=batch_of(plan, request, self._device))
        except httpx.TransportError as wrong:
            said = Answer("nothing", str(wrong) or type(wrong).__name__)
        else:
            said = answer(got.status_code, got.content, got.headers.get("retry-after", ""))
            status = 0 if said.decided == "nothing" else got.status_code
        ended = time.monotonic_ns()
        told = {"key": key, "method": "POST", "status": status, "attempt": attempt, "reason": said.message}
        self._observe("task_request", {**told, "began_ns": began, "elapsed_ms": (ended - began) / 1e6,
                                       "retry_after_ms": said.wait_s * 1000})  # fmt: skip
        return said

    async def _plan_before(self, http: httpx.AsyncClient, waiting: Sequence[Operation]) -> Plan:
        """What the server did when this request came for the first time. Raises _Undecided."""
        if not waiting[0].batch:
            return first_plan(waiting)
        noted = (await _get(http, f"{REQUESTS}/{request_id(waiting, self._device)}", _Request)).outcome
        done = [(each, each.base) for each in waiting if each.op_id not in noted.dropped]
        return Plan(done, noted.conflicts, noted.dropped)

    async def _found(self, http: httpx.AsyncClient, waiting: Sequence[Operation]) -> dict[str, Task]:
        """The tasks of these operations as the server has them. Raises _Undecided."""
        ids = sorted({record_id(each.repository, each.task) for each in waiting})
        found: dict[str, Task] = {}
        for first in range(0, len(ids), IDS):
            page = await _get(http, TASKS, Page, with_ids(ids[first : first + IDS]))
            found |= {task.name: task for task in page.items}
        return found

    def _settle(self, waiting: Sequence[Operation], plan: Plan) -> None:
        done = {operation.op_id for operation, _ in plan.send}
        refused = {operation.op_id: (code, message) for operation, code, message in plan.refused}
        if waiting[0].batch and not refused:
            conflicts = [msgspec.to_builtins(each) for each in plan.conflicts]
            told = {"batch": waiting[0].batch, "applied": len(done), "conflicts": conflicts}
            self._observe("task_batch", told)
        stale = ("conflict", "the server's version stands")
        others = [(each, *refused.get(each.op_id, stale)) for each in waiting if each.op_id not in done]
        self._decided([(operation, None) for operation, _ in plan.send], others)


async def _get(
    http: httpx.AsyncClient, path: str, shape: type[T], query: Mapping[str, str | int] | None = None
) -> T:
    try:
        got = await http.get(path, params=query)
        if got.status_code == 200:
            return msgspec.json.decode(got.content, type=shape)
    except (httpx.TransportError, msgspec.DecodeError) as wrong:
        raise _Undecided(str(wrong) or type(wrong).__name__) from None
    raise _Undecided(f"status {got.status_code} to {path}")

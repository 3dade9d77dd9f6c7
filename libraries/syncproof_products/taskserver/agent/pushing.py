"""Sends the outbox over HTTP: each request under its key until the server has answered it.

Several may be under way, but never two about one task, so that no change of a task overtakes another. A batch goes
alone.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence

import httpx
import msgspec

from syncproof_agentkit.client import Observe
from syncproof_agentkit.retries import Retries
from syncproof_products.taskserver.agent.config import Settings
from syncproof_products.taskserver.agent.store import Operation, Store
from syncproof_products.taskserver.agent.wire import is_final, outcome_of, request_of

_PUSH = "push"


class Pusher:
    """Runs while the client is online."""

    def __init__(
        self,
        device: str,
        store: Store,
        settings: Settings,
        rng: random.Random,
        observe: Observe,
    ) -> None:
        self._device, self._store, self._settings, self._observe = device, store, settings, observe
        self._something = asyncio.Event()
        #: Tasks that are under way.
        self._under_way: set[str] = set()
        self.retries = Retries(settings, rng, observe)

    def submitted(self) -> None:
        """There is something in the outbox."""
        self._something.set()

    async def run(self, address: str) -> None:
        """Send until cancelled."""
        settings = self._settings
        limits = httpx.Limits(
            max_connections=settings.pool, max_keepalive_connections=settings.pool, keepalive_expiry=60.0
        )
        async with (
            httpx.AsyncClient(
                base_url=f"http://{address}",
                timeout=httpx.Timeout(settings.idle_timeout_s, pool=None),
                limits=limits,
                trust_env=False,
                headers={"X-Client": self._device},
            ) as http,
            asyncio.TaskGroup() as workers,
        ):
            for _ in range(settings.workers):
                workers.create_task(self._work(http))

    async def _work(self, http: httpx.AsyncClient) -> None:
        while True:
            while waiting := self._next():
                tasks = {each.task for each in waiting}
                self._under_way |= tasks
                try:
                    await self._send(http, waiting)
                finally:
                    self._under_way -= tasks
                    self._something.set()
            self._something.clear()
            await self._something.wait()

    def _next(self) -> list[Operation]:
        """What can be sent now beside what is under way."""
        waiting = self._store.next_to_send(self._under_way)
        return [] if waiting and waiting[0].batch and self._under_way else waiting

    async def _send(self, http: httpx.AsyncClient, waiting: Sequence[Operation]) -> None:
        """One request, until it is answered: nothing overtakes it."""
        request = self._request(http, waiting)
        key = waiting[0].batch or waiting[0].op_id
        self.retries.succeeded(key)
        attempt = 0
        while True:
            attempt += 1
            began, status, wait_s, reason, content = time.monotonic_ns(), 0, 0.0, "", b""
            try:
                answer = await self._exchange(http, request)
                status, content, wait_s = answer.status_code, answer.content, _retry_after(answer)
                reason = f"status {status}" if status >= 400 else ""
            except httpx.TransportError as wrong:
                reason = str(wrong) or type(wrong).__name__
            told = {
                "key": key,
                "method": request.method,
                "status": status,
                "attempt": attempt,
                "reason": reason,
            }
            ended = time.monotonic_ns()
            self._observe("task_request", {**told, "began_ns": began, "elapsed_ms": (ended - began) / 1e6,
                                           "retry_after_ms": wait_s * 1000})  # fmt: skip
            if is_final(status):
                try:
                    self._settle(waiting, status, content)
                except msgspec.DecodeError as wrong:  # the page of a gateway, say: the server has not decided
                    reason = f"status {status} with an answer that makes no sense: {wrong}"
                else:
                    break
            await self.retries.back_off(_PUSH, reason, key=key, at_least_s=wait_s)
        self.retries.succeeded(key)
        self._observe("attempt", {"what": _PUSH, "outcome": "ok", "reason": ""})

    async def _exchange(self, http: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
        return await http.send(request)

    def _request(self, http: httpx.AsyncClient, waiting: Sequence[Operation]) -> httpx.Request:
        asked = request_of(waiting)
        headers = {"Idempotency-Key": asked.key}
        return http.build_request(asked.method, asked.path, json=asked.content, headers=headers)

    def _settle(self, waiting: Sequence[Operation], status: int, content: bytes) -> None:
        outcome = outcome_of(waiting, status, content)
        if outcome.conflicts is not None:
            conflicts = [msgspec.to_builtins(each) for each in outcome.conflicts]
            told = {"batch": waiting[0].batch, "applied": len(outcome.done), "conflicts": conflicts}
            self._observe("task_batch", told)
        self._acknowledge(outcome.done)
        self._fail(outcome.refused)

    def _acknowledge(self, done: Sequence[tuple[Operation, int]]) -> None:
        self._store.settle([each.op_id for each, _ in done], "acked", [seq for _, seq in done])
        for each, seq in done:
            self._observe("ack", {"op_id": each.op_id, "server_order": seq})

    def _fail(self, refused: Sequence[tuple[Operation, str, str]]) -> None:
        self._store.settle([each.op_id for each, *_ in refused], "failed", [None] * len(refused))
        for each, code, message in refused:
            self._observe("failed", {"op_id": each.op_id, "code": code, "message": message})


def _retry_after(answer: httpx.Response) -> float:
    """Seconds that the server asks to be left alone; 0 where it does not say."""
    try:
        return max(0.0, float(answer.headers.get("retry-after", "0")))
    except ValueError:
        return 0.0

"""Sends the outbox over HTTP: each request under its key until the server has answered it."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

import httpx
import msgspec

from syncproof_agentkit.client import Observe
from syncproof_agentkit.workloads.tasks.outbox import PUSH, Outbox
from syncproof_agentkit.workloads.tasks.store import Operation
from syncproof_products.taskserver.agent.config import Settings
from syncproof_products.taskserver.agent.store import Store
from syncproof_products.taskserver.agent.wire import is_final, outcome_of, request_of


class Pusher(Outbox[httpx.AsyncClient]):
    """Runs while the client is online."""

    def __init__(
        self, device: str, store: Store, settings: Settings, rng: random.Random, observe: Observe
    ) -> None:
        super().__init__(store, settings, rng, observe)
        self._device, self._settings = device, settings

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
                verify=False,  # plain HTTP: no certificates have to be read
                headers={"X-Client": self._device},
            ) as http,
        ):
            await self.work(http)

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
            await self.retries.back_off(PUSH, reason, key=key, at_least_s=wait_s)
        self.retries.succeeded(key)
        self._observe("attempt", {"what": PUSH, "outcome": "ok", "reason": ""})

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
        self._decided(outcome.done, outcome.refused)


def _retry_after(answer: httpx.Response) -> float:
    """Seconds that the server asks to be left alone; 0 where it does not say."""
    try:
        return max(0.0, float(answer.headers.get("retry-after", "0")))
    except ValueError:
        return 0.0

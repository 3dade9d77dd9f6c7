"""Sends the outbox over HTTP: one request after the other, each under its key until the server has answered it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from urllib.parse import quote

import httpx
import msgspec

from syncproof_agentkit.client import Observe
from syncproof_products.taskserver.agent.config import Settings
from syncproof_products.taskserver.agent.shapes import BatchReply, Change, Refusal
from syncproof_products.taskserver.agent.store import Operation, Store
from syncproof_synckit.retry import RetryTracker

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
        self._device, self._store, self._settings, self._rng = device, store, settings, rng
        self._observe = observe
        self._something = asyncio.Event()
        self.retries = RetryTracker(settings)

    def submitted(self) -> None:
        """There is something in the outbox."""
        self._something.set()

    async def run(self, address: str) -> None:
        """Send until cancelled."""
        settings = self._settings
        limits = httpx.Limits(max_connections=settings.pool, max_keepalive_connections=settings.pool)
        async with httpx.AsyncClient(
            base_url=f"http://{address}",
            timeout=settings.idle_timeout_s,
            limits=limits,
            trust_env=False,
            headers={"X-Client": self._device},
        ) as http:
            while True:
                self._something.clear()
                while waiting := self._store.next_to_send():
                    await self._send(http, waiting)
                await self._something.wait()

    async def _send(self, http: httpx.AsyncClient, waiting: Sequence[Operation]) -> None:
        """One request, until it is answered: nothing overtakes it."""
        request = self._request(http, waiting)
        key = waiting[0].batch or waiting[0].op_id
        self.retries.succeeded(_PUSH)
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
            if self._is_final(status):
                try:
                    self._settle(waiting, status, content)
                except msgspec.DecodeError as wrong:  # the page of a gateway, say: the server has not decided
                    reason = f"status {status} with an answer that makes no sense: {wrong}"
                else:
                    break
            await self._back_off(reason, wait_s)
        self.retries.succeeded(_PUSH)
        self._observe("attempt", {"what": _PUSH, "outcome": "ok", "reason": ""})

    def _is_final(self, status: int) -> bool:
        """Whether the server has decided: not where it did not answer (0), could not, or asked for patience."""
        return 0 < status < 500 and status != 429

    async def _exchange(self, http: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
        return await http.send(request)

    def _request(self, http: httpx.AsyncClient, waiting: Sequence[Operation]) -> httpx.Request:
        first = waiting[0]
        repository = f"/repositories/{quote(first.repository, safe='')}"
        tasks, task = f"{repository}/tasks", f"{repository}/tasks/{quote(first.task, safe='')}"
        headers = {"Idempotency-Key": first.batch or first.op_id}
        if first.batch:
            items = [
                {"action": each.kind, "id": each.task, "content": each.body, "local_version": each.base,
                 "updated_at": each.written, "key": each.op_id}
                for each in waiting
            ]  # fmt: skip
            content = {"items": items, "strategy": first.strategy}
            return http.build_request("POST", f"{repository}/batch", json=content, headers=headers)
        if first.kind == "create":
            new = {"id": first.task, "content": first.body}
            return http.build_request("POST", tasks, json=new, headers=headers)
        if first.kind == "delete":
            said = {"reason": first.body}
            return http.build_request("DELETE", task, json=said, headers=headers)
        return http.build_request("PATCH", task, json={"content": first.body}, headers=headers)

    async def _back_off(self, reason: str, at_least_s: float) -> None:
        self._observe("attempt", {"what": _PUSH, "outcome": "failed", "reason": reason})
        retry = self.retries.failed(_PUSH, time.monotonic(), self._rng, by_link=True, at_least=at_least_s)
        told = {"what": _PUSH, "about": None, "attempt": retry.attempt, "reason": reason}
        self._observe("retry", {**told, "delay_ms": retry.delay * 1000, "due_ns": round(retry.due * 1e9)})
        await asyncio.sleep(retry.delay)

    def _settle(self, waiting: Sequence[Operation], status: int, content: bytes) -> None:
        if status >= 400:
            refusal = msgspec.json.decode(content, type=Refusal)
            self._fail(waiting, refusal.code, refusal.message)
        elif not waiting[0].batch:
            self._acknowledge([(waiting[0], msgspec.json.decode(content, type=Change).seq)])
        else:
            reply = msgspec.json.decode(content, type=BatchReply)
            conflicts = [msgspec.to_builtins(each) for each in reply.conflicts]
            self._observe("task_batch", {"batch": waiting[0].batch, "applied": len(reply.applied),
                                         "conflicts": conflicts})  # fmt: skip
            applied = {change.key: change.seq for change in reply.applied}
            self._acknowledge([(each, applied[each.op_id]) for each in waiting if each.op_id in applied])
            self._fail(
                [each for each in waiting if each.op_id not in applied],
                "conflict",
                "the server's version stands",
            )

    def _acknowledge(self, done: Sequence[tuple[Operation, int]]) -> None:
        self._store.settle([each.op_id for each, _ in done], "acked", [seq for _, seq in done])
        for each, seq in done:
            self._observe("ack", {"op_id": each.op_id, "server_order": seq})

    def _fail(self, refused: Sequence[Operation], code: str, message: str) -> None:
        self._store.settle([each.op_id for each in refused], "failed", [None] * len(refused))
        for each in refused:
            self._observe("failed", {"op_id": each.op_id, "code": code, "message": message})


def _retry_after(answer: httpx.Response) -> float:
    """Seconds that the server asks to be left alone; 0 where it does not say."""
    try:
        return max(0.0, float(answer.headers.get("retry-after", "0")))
    except ValueError:
        return 0.0

"""Publishes over HTTP: one event after the other, each under its key until the server has answered it."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from dataclasses import dataclass

import httpx
import msgspec

from syncproof_agentkit.client import Observe
from syncproof_agentkit.retries import Retries
from syncproof_products.taskserver.agent.wire import is_final
from syncproof_products.taskserver.broadcast.agent.config import Settings

_PUSH = "push"


@dataclass(frozen=True)
class Outgoing:
    """An event that is to be published."""

    op_id: str
    channel: str
    event: str
    payload: msgspec.Raw


class _Refusal(msgspec.Struct):
    code: str
    message: str


class _Published(msgspec.Struct):
    channel: str
    id: str


class Publisher:
    """Its outbox is in memory: what it was asked for and has not published ends with its process.

    name: of the client, whose keys are its own.
    """

    def __init__(self, name: str, settings: Settings, rng: random.Random, observe: Observe) -> None:
        self._name, self._settings, self._observe = name, settings, observe
        self._outbox: deque[Outgoing] = deque()
        self._something = asyncio.Event()
        self.retries = Retries(settings, rng, observe)

    def __len__(self) -> int:
        return len(self._outbox)

    def submit(self, event: Outgoing) -> None:
        """Publish it behind the others."""
        self._outbox.append(event)
        self._something.set()

    async def run(self, address: str) -> None:
        """Publish until cancelled."""
        async with httpx.AsyncClient(
            base_url=f"http://{address}",
            timeout=self._settings.idle_timeout_s,
            trust_env=False,
            verify=False,  # plain HTTP: no certificates have to be read
        ) as http:
            while True:
                self._something.clear()
                while self._outbox:
                    await self._publish(http, self._outbox[0])
                    self._outbox.popleft()
                await self._something.wait()

    async def _publish(self, http: httpx.AsyncClient, event: Outgoing) -> None:
        content = msgspec.json.encode(
            {"channel": event.channel, "event": event.event, "payload": event.payload}
        )
        headers = {"Idempotency-Key": event.op_id, "X-Client": self._name}
        while True:
            began, status, reason, said = time.monotonic_ns(), 0, "", b""
            try:
                answer = await http.post("/broadcast", content=content, headers=headers)
                status, said = answer.status_code, answer.content
                reason = f"status {status}" if status >= 400 else ""
            except httpx.TransportError as wrong:
                reason = str(wrong) or type(wrong).__name__
            answered: _Published | _Refusal | None = None
            if is_final(status):
                try:
                    answered = _decoded(said, refused=status >= 400)
                except (
                    msgspec.DecodeError
                ) as wrong:  # The page of a gateway, say: the server has not decided.
                    reason = f"status {status} with an answer that makes no sense: {wrong}"
                    status = 0
            told = {"op_id": event.op_id, "status": status, "began_ns": began, "reason": reason}
            self._observe("channel_publish", told)
            if answered is not None:
                self._settle(event, answered)
                return
            await self.retries.back_off(_PUSH, reason)

    def _settle(self, event: Outgoing, answered: _Published | _Refusal) -> None:
        self.retries.succeeded(_PUSH)
        self._observe("attempt", {"what": _PUSH, "outcome": "ok", "reason": ""})
        match answered:
            case _Published():
                self._observe("ack", {"op_id": event.op_id, "server_order": None})
            case _Refusal(code=code, message=message):
                self._observe("failed", {"op_id": event.op_id, "code": code, "message": message})


def _decoded(said: bytes, *, refused: bool) -> _Published | _Refusal:
    return msgspec.json.decode(said, type=_Refusal) if refused else msgspec.json.decode(said, type=_Published)

"""A client's retries: it waits for each, and tells of it in the words of the agent protocol."""

from __future__ import annotations

import asyncio
import random
import time

from syncproof_agentkit.client import Observe
from syncproof_synckit.retry import RetrySettings, RetryTracker


class Retries(RetryTracker):
    """See `RetryTracker`. observe: told of each event."""

    def __init__(self, settings: RetrySettings, rng: random.Random, observe: Observe) -> None:
        super().__init__(settings)
        self._rng, self._observe = rng, observe

    async def back_off(
        self, what: str, reason: str, *, key: str = "", about: str | None = None, at_least_s: float = 0.0
    ) -> None:
        """An attempt has failed: wait until it is time for the next one. See `put_off`."""
        self.tell_failed(what, reason)
        await self.put_off(what, reason, key=key, about=about, at_least_s=at_least_s)

    def tell_failed(self, what: str, reason: str) -> None:
        """An attempt has failed, or a session that one had begun."""
        self._observe("attempt", {"what": what, "outcome": "failed", "reason": reason})

    async def put_off(
        self, what: str, reason: str, *, key: str = "", about: str | None = None, at_least_s: float = 0.0
    ) -> None:
        """Schedule the next attempt, and wait for it.

        what: will be tried again. key: one of several of that kind, which fail each by itself. about: whom it is about.
        at_least_s: for so long the other side asked to be left alone.
        """
        retry = self.failed(key or what, time.monotonic(), self._rng, by_link=True, at_least=at_least_s)
        told = {"what": what, "about": about, "attempt": retry.attempt, "reason": reason}
        self._observe("retry", {**told, "delay_ms": retry.delay * 1000, "due_ns": round(retry.due * 1e9)})
        await asyncio.sleep(retry.delay)

"""When something may be tried: retries with backoff, and a circuit breaker, by the device's own clock."""

from __future__ import annotations

import asyncio
import contextlib
import random
from dataclasses import dataclass

from syncproof_agentkit.client import Observe
from syncproof_agentkit.shifted_clock import ShiftedClock
from syncproof_products.matrix.agent.config import Settings
from syncproof_synckit.breaker import Breaker

_JITTER = 0.2


async def sleep(clock: ShiftedClock, seconds: float) -> None:
    """Wait by the device's clock: a jump ahead ends the wait, one back does not make it longer."""
    rung: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    timer = clock.call_at(clock.now() + seconds, lambda: None if rung.done() else rung.set_result(None))
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await rung
    finally:
        timer.cancel()


@dataclass(frozen=True)
class _Failing:
    attempt: int
    due: float


class Retries:
    """What failed and is to be tried again, by what it is: exponential backoff with jitter.

    about: which of several things of that kind, each with a series of its own; "" where there is only one.
    """

    def __init__(self, settings: Settings, clock: ShiftedClock, rng: random.Random, observe: Observe) -> None:
        self._settings, self._clock, self._rng, self._observe = settings, clock, rng, observe
        self._failing: dict[tuple[str, str], _Failing] = {}
        self.scheduled = 0

    def __len__(self) -> int:
        return len(self._failing)

    def due(self, what: str, about: str = "") -> float:
        """When it may be tried, by the device's clock; 0 for what has not failed."""
        failing = self._failing.get((what, about))
        return 0.0 if failing is None else failing.due

    async def ready(self, what: str, about: str = "") -> None:
        """Return when it may be tried."""
        due = self.due(what, about)
        if due > self._clock.now():
            await sleep(self._clock, due - self._clock.now())

    def failed(self, what: str, reason: str, at_least_s: float = 0.0, *, about: str = "") -> None:
        """Schedule another attempt. at_least_s: how long the server asked to be left alone."""
        before = self._failing.get((what, about))
        attempt = 1 if before is None else before.attempt + 1
        delay = min(self._settings.retry_max_s, self._settings.retry_base_s * 2.0 ** min(attempt - 1, 30))
        delay = max(delay * (1 + _JITTER * (2 * self._rng.random() - 1)), at_least_s)
        due = self._clock.now() + delay
        self._failing[(what, about)] = _Failing(attempt, due)
        self.scheduled += 1
        self._observe(
            "retry",
            {
                "what": what,
                "about": about or None,
                "attempt": attempt,
                "delay_ms": delay * 1000,
                "due_ns": round((due - self._clock.offset_s) * 1e9),
                "reason": reason,
            },
        )

    def succeeded(self, what: str, about: str = "") -> None:
        """Forget what failed before."""
        self._failing.pop((what, about), None)

    def forget(self) -> None:
        """Nothing is to be tried again any more."""
        self._failing.clear()


class Exchanges:
    """Lets exchanges with the homeserver begin, and tells how each ended."""

    def __init__(self, settings: Settings, clock: ShiftedClock, observe: Observe) -> None:
        self._clock, self._observe = clock, observe
        self.breaker = Breaker(settings.breaker_failures, settings.breaker_cooldown_s)
        self._changed = asyncio.Event()

    async def gate(self) -> None:
        """Return when the circuit breaker lets an exchange begin."""
        while True:
            if self.breaker.look(self._clock.now()):
                self._tell_breaker()
            if self.breaker.passes():
                self.breaker.began()
                return
            cooled_at = self.breaker.cooled_at
            if cooled_at is not None:
                await sleep(self._clock, cooled_at - self._clock.now())
            else:
                self._changed.clear()
                await self._changed.wait()

    def ended(self, what: str, reason: str) -> None:
        """An exchange ended; reason is empty where the homeserver answered."""
        self._observe("attempt", {"what": what, "outcome": "failed" if reason else "ok", "reason": reason})
        if self.breaker.failed(self._clock.now()) if reason else self.breaker.succeeded():
            self._tell_breaker()
        self._changed.set()

    def given_up(self) -> None:
        """Exchanges under way were dropped without an outcome."""
        self.breaker.cancelled()
        self._changed.set()

    def _tell_breaker(self) -> None:
        self._observe("breaker", {"state": self.breaker.state, "failures": self.breaker.failures})

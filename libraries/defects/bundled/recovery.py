"""Bugs of retrying: giving up after the first failure, and a circuit breaker that trips too easily."""

from __future__ import annotations

from collections.abc import Callable

from defects import Ran, defect, replace
from syncstack.core.breaker import Breaker
from syncstack.core.retry import RetryTracker


@defect
def no_retry(ran: Ran) -> None:
    """A retry is scheduled, and when it is due nothing happens."""

    def broken(
        original: Callable[[RetryTracker, str, float], bool],
    ) -> Callable[[RetryTracker, str, float], bool]:
        def ready(self: RetryTracker, key: str, now: float) -> bool:
            due = original(self, key, now)
            if due and key in self._retries:
                ran()
                return False
            return due

        return ready

    replace(RetryTracker, "ready", broken)


@defect
def breaker_opens_too_early(ran: Ran) -> None:
    """The circuit breaker opens at two failures in a row, whatever its threshold is."""

    def broken(original: Callable[[Breaker, float], bool]) -> Callable[[Breaker, float], bool]:
        def failed(self: Breaker, now: float) -> bool:
            threshold, self._threshold = self._threshold, min(self._threshold, 2)
            opened = original(self, now)
            self._threshold = threshold
            if opened and self.failures < threshold:
                ran()
            return opened

        return failed

    replace(Breaker, "failed", broken)

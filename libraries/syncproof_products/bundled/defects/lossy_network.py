"""Bugs that only a network shows that loses packets, and so is late now and then."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from syncproof_defects import Ran, defect, replace
from syncproof_products.bundled.defects.deduplication import retries_with_new_op_id
from syncproof_products.bundled.device.http_client import Patience
from syncproof_synckit.retry import Retry, RetryTracker


@defect
def repeats_late_pushes_as_new(ran: Ran) -> None:
    """An answer that takes 150 ms counts as lost, sooner than TCP sends anything again; at once it is asked anew."""

    def hasty(_original: Callable[[Patience, int], float]) -> Callable[[Patience, int], float]:
        return lambda _self, _size: 0.15

    def at_once(original: Callable[..., Retry]) -> Callable[..., Retry]:
        def failed(self: RetryTracker, key: str, now: float, *rest: Any, **named: Any) -> Retry:
            retry = dataclasses.replace(original(self, key, now, *rest, **named), delay=0.0, due=now)
            self._retries[key] = retry
            return retry

        return failed

    replace(Patience, "for_request", hasty)
    replace(RetryTracker, "failed", at_once)
    retries_with_new_op_id(ran)

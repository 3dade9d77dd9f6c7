"""Bugs that only a network shows that loses packets, and so is late now and then."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from syncproof_defects import breaks
from syncproof_products.bundled.defects.deduplication import retries_with_new_op_id
from syncproof_products.bundled.device.http_client import Patience
from syncproof_synckit.retry import Retry, RetryTracker


@breaks(Patience, "for_request")
def repeats_late_pushes_as_new(_original: Callable[..., float], _self: Patience, _size: int) -> float:
    """An answer that takes 150 ms counts as lost, sooner than TCP sends anything again; at once it is asked anew."""
    return 0.15


@repeats_late_pushes_as_new.breaks(RetryTracker, "failed")
def _at_once(
    original: Callable[..., Retry], self: RetryTracker, key: str, now: float, *rest: Any, **named: Any
) -> Retry:
    retry = dataclasses.replace(original(self, key, now, *rest, **named), delay=0.0, due=now)
    self._retries[key] = retry
    return retry


repeats_late_pushes_as_new.includes(retries_with_new_op_id)

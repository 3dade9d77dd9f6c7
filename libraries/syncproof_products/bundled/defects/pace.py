"""Bugs of pace: what begins too late, starts over too soon, or is given up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof_defects import breaks
from syncproof_products.bundled.core.connection import Connection
from syncproof_products.bundled.core.exchanges import CONNECT
from syncproof_products.bundled.core.turn import Turn
from syncproof_synckit.retry import Retry, RetryTracker

#: Attempts to connect after which a device gives up until somebody asks it to connect again.
_PATIENCE = 6


@breaks(RetryTracker, "failed")
def connects_at_a_constant_pace(
    original: Callable[..., Retry], self: RetryTracker, key: str, *when: Any, **how: Any
) -> Retry:
    """The backoff of an attempt to connect starts over each time."""
    if key == CONNECT and key in self._retries:
        connects_at_a_constant_pace.ran()
        del self._retries[key]
    return original(self, key, *when, **how)


@breaks(Connection, "pump")
def gives_up_after_six_attempts(original: Callable[..., None], self: Connection, turn: Turn) -> None:
    """A device that could not connect six times in a row tries no more."""
    retry = self._exchanges.retries._retries.get(CONNECT)
    if retry is not None and retry.attempt >= _PATIENCE:
        gives_up_after_six_attempts.ran()
        return
    original(self, turn)


@breaks(RetryTracker, "failed")
def backs_off_where_it_had_ended(
    original: Callable[..., Retry], self: RetryTracker, key: str, *when: Any, **how: Any
) -> Retry:
    """The backoff of what has worked again in between goes on from where it had ended."""
    before = backs_off_where_it_had_ended.state.get((id(self), key))
    if before is not None and key not in self._retries:
        backs_off_where_it_had_ended.ran()
        self._retries[key] = before
    retry = original(self, key, *when, **how)
    backs_off_where_it_had_ended.state[id(self), key] = retry
    return retry


@breaks(RetryTracker, "relapsed")
def takes_a_short_connection_for_a_success(
    original: Callable[..., None], self: RetryTracker, before: Retry
) -> None:
    """The backoff begins anew after a connection that broke as soon as it stood."""
    del original, self, before
    takes_a_short_connection_for_a_success.ran()

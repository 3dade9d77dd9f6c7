"""Bugs of coming back: giving up too early, skipping what was missed, a circuit breaker that trips too easily."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof_defects import breaks
from syncproof_products.bundled.core.connection import Connection
from syncproof_products.bundled.core.exchanges import CONNECT
from syncproof_products.bundled.core.receiving import Receiver
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Answer, Call, Refused
from syncproof_products.bundled.device import relay_client
from syncproof_synckit.breaker import Breaker
from syncproof_synckit.retry import RetryTracker


@breaks(RetryTracker, "ready")
def no_retry(original: Callable[..., bool], self: RetryTracker, key: str, now: float) -> bool:
    """A retry is scheduled, and when it is due nothing happens."""
    due = original(self, key, now)
    if due and key in self._retries:
        no_retry.ran()
        return False
    return due


@breaks(Breaker, "failed")
def breaker_opens_too_early(original: Callable[..., bool], self: Breaker, now: float) -> bool:
    """The circuit breaker opens at two failures in a row, whatever its threshold is."""
    threshold, self._threshold = self._threshold, min(self._threshold, 2)
    opened = original(self, now)
    self._threshold = threshold
    if opened and self.failures < threshold:
        breaker_opens_too_early.ran()
    return opened


@breaks(Receiver, "head_seen")
def wants_only_news_after_a_start(
    original: Callable[..., None], self: Receiver, room: Room, head: int, reason: str
) -> None:
    """A device that starts on what it had goes on at the end of the log, not where it was."""
    started = wants_only_news_after_a_start.state
    if room.name not in started:
        started[room.name] = None
        if 0 < room.cursor.seq < head:
            wants_only_news_after_a_start.ran()
            room.cursor.seq = head
    original(self, room, head, reason)


@breaks(Connection, "pump")
def gives_up_when_the_first_attempt_fails(
    original: Callable[..., None], self: Connection, turn: Turn
) -> None:
    """A process that cannot connect at its first attempt makes no second one."""
    if not self.ups and CONNECT in self._exchanges.retries._retries:
        gives_up_when_the_first_attempt_fails.ran()
    else:
        original(self, turn)


@breaks(relay_client, "decode_answer")
def takes_a_gateway_for_the_relay(
    original: Callable[..., Answer], call: Call, status: int, *more: Any
) -> Answer:
    """A gateway that does not reach the relay is taken for a relay that will never take the operation."""
    if status == 502:
        takes_a_gateway_for_the_relay.ran()
        return Refused(400, "bad_gateway", "it cannot be taken")
    return original(call, status, *more)

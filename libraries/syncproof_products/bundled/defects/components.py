"""Bugs of single parts of a device: read marker, circuit breaker, retry tracker."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from msgspec import Struct, structs

from syncproof_defects import breaks
from syncproof_products.bundled.core import delivery
from syncproof_products.bundled.core.attachments import AttachmentIndex
from syncproof_products.bundled.core.delivery import Delivery
from syncproof_products.bundled.core.marker import Marker, Position
from syncproof_products.bundled.core.readable import why_unreadable
from syncproof_products.bundled.core.records import MarkerMoved
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.wire import Draft, Event
from syncproof_synckit.breaker import Breaker
from syncproof_synckit.retry import GivingUp, RetryTracker


@breaks(Marker, "local_committed")
def tells_every_marker_move(
    original: Callable[..., Position], self: Marker, moved: MarkerMoved, now: float
) -> Position:
    """The relay is told of the read marker as soon as it has moved, every time."""
    before = original(self, moved, now)
    tells_every_marker_move.ran()
    self._debounce.due = now
    return before


@breaks(Marker, "advance")
def debounces_local_marker(
    original: Callable[..., MarkerMoved | None], self: Marker, seq: int, n: int
) -> MarkerMoved | None:
    """The local marker is kept with every tenth delivery only, to spare the disk."""
    if seq - self.local.seq < 10:
        debounces_local_marker.ran()
        return None
    return original(self, seq, n)


@breaks(Marker, "telling")
def tells_the_marker_before(original: Callable[..., Position], self: Marker) -> Position:
    """The relay is told where the read marker was one message ago."""
    told = original(self)
    tells_the_marker_before.ran()
    return Position(max(0, told.seq - 1), told.n)


@breaks(Breaker, "passes")
def breaker_never_pauses(original: Callable[..., bool], self: Breaker) -> bool:
    """The circuit breaker says that it is open, and lets everything through all the same."""
    if not original(self):
        breaker_never_pauses.ran()
    return True


@breaks(Breaker, "look")
def breaker_never_half_opens(original: Callable[..., bool], self: Breaker, now: float) -> bool:
    """Once it is open, the circuit breaker stays so."""
    if self.state == "open" and now >= self._until:
        breaker_never_half_opens.ran()
        return False
    return original(self, now)


@breaks(Breaker, "failed")
def failed_probe_closes_breaker(original: Callable[..., bool], self: Breaker, now: float) -> bool:
    """A probe that fails after the cooldown leaves the circuit breaker half-open, for the next one to come at once."""
    if self.state == "half_open":
        failed_probe_closes_breaker.ran()
        self.failures += 1
        self._trial = False
        return False
    return original(self, now)


@breaks(RetryTracker, "failed")
def retries_at_a_constant_pace(
    original: Callable[..., Any], self: RetryTracker, key: str, now: float, *rest: Any, **more: Any
) -> Any:
    """Every retry comes half a second after the failure, however often it has failed."""
    settings = self._settings
    assert isinstance(settings, Struct)
    retries_at_a_constant_pace.ran()
    self._settings = structs.replace(settings, retry_max_s=settings.retry_base_s)
    try:
        return original(self, key, now, *rest, **more)
    finally:
        self._settings = settings


class _NoChance(random.Random):
    def random(self) -> float:
        return 0.5


@breaks(RetryTracker, "failed")
def retries_without_jitter(
    original: Callable[..., Any], self: RetryTracker, key: str, now: float, _rng: random.Random, **more: Any
) -> Any:
    """The pauses before retries grow, and are the same for all devices."""
    retries_without_jitter.ran()
    return original(self, key, now, _NoChance(), **more)


@breaks(RetryTracker, "prune")
def never_prunes_retries(
    original: Callable[..., list[str]], self: RetryTracker, now: float, limits: GivingUp
) -> list[str]:
    """What has failed for longer than its time to live is retried on and on."""
    if any(now - retry.first_failure >= limits.retry_ttl_s for retry in self._retries.values()):
        never_prunes_retries.ran()
        return []
    return original(self, now, limits)


@breaks(AttachmentIndex, "unpark")
def forgets_what_it_gave_up(original: Callable[..., int], self: AttachmentIndex) -> int:
    """An attachment whose retries were pruned is never looked for again."""
    if any(download.parked for download in self._downloads.values()):
        forgets_what_it_gave_up.ran()
        return 0
    return original(self)


@breaks(delivery, "why_unreadable")
def delivers_what_it_cannot_read(original: Callable[..., str | None], draft: Draft) -> str | None:
    """A body that is cut off is delivered to the application as it is."""
    reason = original(draft)
    if reason is not None and draft.kind == "append":
        delivers_what_it_cannot_read.ran()
        return None
    return reason


@breaks(Delivery, "deliver")
def drops_the_page_behind_a_bad_event(
    original: Callable[..., None], self: Delivery, room: Room, events: list[Event], *rest: Any
) -> None:
    """What stands behind an event that cannot be read, in the same page, is quarantined with it."""
    bad = next((k for k, event in enumerate(events) if why_unreadable(event.draft)), None)
    if bad is not None and bad + 1 < len(events):
        drops_the_page_behind_a_bad_event.ran()
        events = events[: bad + 1]
    original(self, room, events, *rest)

"""Bugs of single parts of a device: read marker, circuit breaker, retry tracker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof_defects import Ran, defect, replace
from syncproof_products.bundled.core import delivery
from syncproof_products.bundled.core.attachments import AttachmentIndex
from syncproof_products.bundled.core.delivery import Delivery
from syncproof_products.bundled.core.marker import Marker, Position
from syncproof_products.bundled.core.readable import why_unreadable
from syncproof_products.bundled.core.records import MarkerMoved, Path
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.wire import Draft, Event
from syncproof_synckit.breaker import Breaker
from syncproof_synckit.retry import RetryTracker


@defect
def tells_every_marker_move(ran: Ran) -> None:
    """The relay is told of the read marker as soon as it has moved, every time."""

    def broken(original: Callable[[Marker, MarkerMoved, float], Position]) -> Any:
        def local_committed(self: Marker, moved: MarkerMoved, now: float) -> Position:
            before = original(self, moved, now)
            ran()
            self._debounce.due = now
            return before

        return local_committed

    replace(Marker, "local_committed", broken)


@defect
def debounces_local_marker(ran: Ran) -> None:
    """The local marker is kept with every tenth delivery only, to spare the disk."""

    def broken(original: Callable[[Marker, int, int], MarkerMoved | None]) -> Any:
        def advance(self: Marker, seq: int, n: int) -> MarkerMoved | None:
            if seq - self.local.seq < 10:
                ran()
                return None
            return original(self, seq, n)

        return advance

    replace(Marker, "advance", broken)


@defect
def tells_the_marker_before(ran: Ran) -> None:
    """The relay is told where the read marker was one message ago."""

    def broken(original: Callable[[Marker], Position]) -> Any:
        def telling(self: Marker) -> Position:
            told = original(self)
            ran()
            return Position(max(0, told.seq - 1), told.n)

        return telling

    replace(Marker, "telling", broken)


@defect
def breaker_never_pauses(ran: Ran) -> None:
    """The circuit breaker says that it is open, and lets everything through all the same."""

    def broken(original: Callable[[Breaker], bool]) -> Callable[[Breaker], bool]:
        def passes(self: Breaker) -> bool:
            if not original(self):
                ran()
            return True

        return passes

    replace(Breaker, "passes", broken)


@defect
def breaker_never_half_opens(ran: Ran) -> None:
    """Once it is open, the circuit breaker stays so."""

    def broken(original: Callable[[Breaker, float], bool]) -> Callable[[Breaker, float], bool]:
        def look(self: Breaker, now: float) -> bool:
            if self.state == "open" and now >= self._until:
                ran()
                return False
            return original(self, now)

        return look

    replace(Breaker, "look", broken)


@defect
def failed_probe_closes_breaker(ran: Ran) -> None:
    """A probe that fails after the cooldown leaves the circuit breaker half-open, for the next one to come at once."""

    def broken(original: Callable[[Breaker, float], bool]) -> Callable[[Breaker, float], bool]:
        def failed(self: Breaker, now: float) -> bool:
            if self.state == "half_open":
                ran()
                self.failures += 1
                self._trial = False
                return False
            return original(self, now)

        return failed

    replace(Breaker, "failed", broken)


@defect
def retries_at_a_constant_pace(ran: Ran) -> None:
    """Every retry comes half a second after the failure, however often it has failed."""

    def broken(original: Any) -> Any:
        def failed(self: RetryTracker, key: str, now: float, *rest: Any, **more: Any) -> Any:
            settings = self._settings
            base = settings.retry_base_s
            ran()
            values = {name: getattr(settings, name) for name in Settings.__slots__} | {"retry_max_s": base}
            self._settings = Settings(**values)
            try:
                return original(self, key, now, *rest, **more)
            finally:
                self._settings = settings

        return failed

    replace(RetryTracker, "failed", broken)


@defect
def never_prunes_retries(ran: Ran) -> None:
    """What has failed for longer than its time to live is retried on and on."""

    def broken(original: Callable[[RetryTracker, float], list[str]]) -> Any:
        def prune(self: RetryTracker, now: float) -> list[str]:
            if any(
                now - retry.first_failure >= self._settings.retry_ttl_s for retry in self._retries.values()
            ):
                ran()
                return []
            return original(self, now)

        return prune

    replace(RetryTracker, "prune", broken)


@defect
def forgets_what_it_gave_up(ran: Ran) -> None:
    """An attachment whose retries were pruned is never looked for again."""

    def broken(original: Callable[[AttachmentIndex], int]) -> Callable[[AttachmentIndex], int]:
        def unpark(self: AttachmentIndex) -> int:
            if any(download.parked for download in self._downloads.values()):
                ran()
                return 0
            return original(self)

        return unpark

    replace(AttachmentIndex, "unpark", broken)


@defect
def delivers_what_it_cannot_read(ran: Ran) -> None:
    """A body that is cut off is delivered to the application as it is."""

    def broken(original: Callable[[Draft], str | None]) -> Callable[[Draft], str | None]:
        def why(draft: Draft) -> str | None:
            reason = original(draft)
            if reason is not None and draft.kind == "append":
                ran()
                return None
            return reason

        return why

    replace(delivery, "why_unreadable", broken)


@defect
def drops_the_page_behind_a_bad_event(ran: Ran) -> None:
    """What stands behind an event that cannot be read, in the same page, is set aside with it."""

    def broken(original: Any) -> Any:
        def deliver(self: Delivery, room: Room, events: list[Event], path: Path, after: Any = None) -> None:
            bad = next((k for k, event in enumerate(events) if why_unreadable(event.draft)), None)
            if bad is not None and bad + 1 < len(events):
                ran()
                events = events[: bad + 1]
            original(self, room, events, path, after)

        return deliver

    replace(Delivery, "deliver", broken)

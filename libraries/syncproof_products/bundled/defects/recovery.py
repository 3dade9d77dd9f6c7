"""Bugs of coming back: giving up too early, skipping what was missed, a circuit breaker that trips too easily."""

from __future__ import annotations

from collections.abc import Callable

from syncproof_defects import Ran, defect, replace
from syncproof_products.bundled.core.connection import Connection
from syncproof_products.bundled.core.exchanges import CONNECT
from syncproof_products.bundled.core.receiving import Receiver
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.turn import Turn
from syncproof_synckit.breaker import Breaker
from syncproof_synckit.retry import RetryTracker


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


@defect
def wants_only_news_after_a_start(ran: Ran) -> None:
    """A device that starts on what it had goes on at the end of the log, not where it was."""

    def broken(
        original: Callable[[Receiver, Room, int, str], None],
    ) -> Callable[[Receiver, Room, int, str], None]:
        started: dict[str, None] = {}

        def head_seen(self: Receiver, room: Room, head: int, reason: str) -> None:
            if room.name not in started:
                started[room.name] = None
                if 0 < room.cursor.seq < head:
                    ran()
                    room.cursor.seq = head
            original(self, room, head, reason)

        return head_seen

    replace(Receiver, "head_seen", broken)


@defect
def gives_up_when_the_first_attempt_fails(ran: Ran) -> None:
    """A process that cannot connect at its first attempt makes no second one."""

    def broken(original: Callable[[Connection, Turn], None]) -> Callable[[Connection, Turn], None]:
        def pump(self: Connection, turn: Turn) -> None:
            if not self.ups and CONNECT in self._exchanges.retries._retries:
                ran()
            else:
                original(self, turn)

        return pump

    replace(Connection, "pump", broken)

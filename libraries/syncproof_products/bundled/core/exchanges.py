"""Everything a device asks of the relay: under way, counted for the breaker, tried again with backoff.

Whatever has to be asked stays the business of the part that needs it: it looks at every step whether it
may. This module says when it may not: offline, breaker open, the same thing under way, or its retry not
due.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from syncproof_products.bundled.core.actions import (
    AskUpload,
    Cancel,
    CloseStream,
    DownloadBlob,
    Exchange,
    OpenStream,
    UploadBlob,
    UploadPart,
)
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.stored_blob import StoredBlob
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.uploads import Part
from syncproof_products.bundled.core.wire import Answer, Call, Refused
from syncproof_synckit.breaker import Breaker
from syncproof_synckit.retry import RetryTracker

CONNECT = "connect"
_SERVER_ERROR = 500
_TOO_MANY = 429
#: However long a relay, or a gateway before it, asks to be left alone: its user would not wait longer than an hour.
_LONGEST_S = 3600.0

#: reasons of transfers that ended with a word of the relay, or for a reason of our own: the link did its work.
_NOT_THE_LINK = ("missing", "expired", "too_large", "rejected", "distrusted", "storage")


@dataclass(slots=True)
class Flight:
    """Something under way. what: in the words of the agent protocol. done: told the answer (None: a
    transfer or a stream). gone: told that it ended without one, and why; None for a reason means that it
    was given up here.
    """

    what: str
    key: str
    done: Callable[[Turn, Answer | None], None]
    gone: Callable[[Turn, str | None], None]


class Exchanges:
    """What is under way, by id, and what may be begun."""

    def __init__(self, settings: Settings) -> None:
        self.breaker = Breaker(settings.breaker_failures, settings.breaker_cooldown_s)
        self.retries = RetryTracker(settings, settings.retry_jitter_s)
        self.online = False
        self._flights: dict[int, Flight] = {}
        self._keys: dict[str, int] = {}
        self._last = 0
        self.failed_attempts = 0

    def may(self, now: float, key: str) -> bool:
        """Whether this may be begun now."""
        return (
            self.online
            and key not in self._keys
            and self.breaker.passes()
            and (not len(self.retries) or self.retries.ready(key, now))
        )

    def call(self, turn: Turn, flight: Flight, call: Call) -> int:
        """Ask the relay. Returns the id."""
        number = self._begin(flight)
        turn.do(Exchange(number, call))
        return number

    def open_stream(self, turn: Turn, flight: Flight) -> int:
        """Open a live stream. Returns the id."""
        number = self._begin(flight)
        turn.do(OpenStream(number))
        return number

    def upload(self, turn: Turn, flight: Flight, blob: StoredBlob) -> int:
        """Bring an attachment to the relay. Returns the id."""
        number = self._begin(flight)
        turn.do(UploadBlob(number, blob.address, blob.stored_bytes))
        return number

    def ask_upload(self, turn: Turn, flight: Flight, blob: StoredBlob) -> int:
        """Ask how much the relay holds of an attachment. Returns the id."""
        number = self._begin(flight)
        turn.do(AskUpload(number, blob.address))
        return number

    def upload_part(self, turn: Turn, flight: Flight, blob: StoredBlob, part: Part) -> int:
        """Bring a part of an attachment to the relay. Returns the id."""
        number = self._begin(flight)
        turn.do(UploadPart(number, blob.address, part.offset, part.length, blob.stored_bytes))
        return number

    def download(self, turn: Turn, flight: Flight, blob: StoredBlob, offset: int) -> int:
        """Fetch an attachment. Returns the id."""
        number = self._begin(flight)
        opens = blob if blob.reference else None
        turn.do(DownloadBlob(number, blob.address, blob.stored_bytes, offset, opens))
        return number

    def succeeded(self, turn: Turn, number: int, answer: Answer | None = None) -> None:
        """An answer came, or the transfer or stream stands. A server's error and "too many" are failures."""
        flight = self._flights.get(number)
        if flight is None:
            return
        if isinstance(answer, Refused):
            reason = f"{answer.code}: {answer.message}"
            if answer.status >= _SERVER_ERROR:
                self.failed(turn, number, reason, at_least=answer.retry_after_s or 0.0)
                return
            self._end(number)
            self._outcome_ok(turn, flight, answer.code)
            if answer.status == _TOO_MANY:
                self.back_off(turn, flight, reason, at_least=answer.retry_after_s or 0.0)
                flight.gone(turn, reason)
            else:
                flight.done(turn, answer)
            return
        self._end(number)
        self._outcome_ok(turn, flight, "")
        self.retries.succeeded(flight.key)
        flight.done(turn, answer)

    def ended(self, turn: Turn, number: int, reason: str) -> None:
        """It came to its end, and not to what was wanted: nothing of it is tried again."""
        flight = self._flights.get(number)
        if flight is None:
            return
        self._end(number)
        self._outcome_ok(turn, flight, reason)
        self.retries.succeeded(flight.key)
        flight.gone(turn, reason)

    def failed(self, turn: Turn, number: int, reason: str, at_least: float = 0.0) -> None:
        """It failed. at_least: seconds that the relay asked to be left alone."""
        flight = self._flights.get(number)
        if flight is None:
            return
        self._end(number)
        if _word(reason) in _NOT_THE_LINK:
            self._outcome_ok(turn, flight, reason)
            self.back_off(turn, flight, reason, at_least=at_least)
        else:
            self.failed_attempts += 1
            turn.observe("attempt", what=flight.what, outcome="failed", reason=reason)
            opened = self.breaker.failed(turn.now)
            if opened:
                turn.observe("breaker", state="open", failures=self.breaker.failures)
            self.back_off(turn, flight, reason, by_link=True, at_least=at_least)
            if opened:
                self.cancel_all(turn, "breaker open")
        flight.gone(turn, reason)

    def back_off(
        self, turn: Turn, flight: Flight, reason: str, *, by_link: bool = False, at_least: float = 0.0
    ) -> None:
        """Let it be tried again later."""
        self.schedule(turn, flight.what, flight.key, reason, by_link=by_link, at_least=at_least)

    def schedule(
        self, turn: Turn, what: str, key: str, reason: str, *, by_link: bool, at_least: float = 0.0
    ) -> None:
        """Schedule a retry and say so."""
        asked_s = min(at_least, _LONGEST_S)
        retry = self.retries.failed(key, turn.now, turn.rng, by_link=by_link, at_least=asked_s)
        turn.observe(
            "retry",
            what=what,
            about=key.partition(":")[2] or None,
            attempt=retry.attempt,
            delay_ms=retry.delay * 1000,
            due_ns=round((retry.due + turn.ahead) * 1e9),
            reason=reason,
        )

    def cancel(self, turn: Turn, number: int, reason: str = "not wanted any more") -> None:
        """Give up one thing; nobody is told but the edge and `gone`."""
        flight = self._flights.get(number)
        if flight is None:
            return
        self._end(number)
        self.breaker.cancelled()
        turn.do(CloseStream(number, reason) if flight.key == CONNECT else Cancel(number))
        flight.gone(turn, None)

    def cancel_all(self, turn: Turn, reason: str) -> None:
        """Give up everything that is under way."""
        for number in list(self._flights):
            self.cancel(turn, number, reason)

    def look(self, turn: Turn) -> None:
        """Let the breaker's cooldown end if it is over."""
        if self.breaker.look(turn.now):
            turn.observe("breaker", state="half_open", failures=self.breaker.failures)

    def next_due(self, now: float) -> float | None:
        """When something that waits becomes ready."""
        if not self.online:
            return None
        cooled = self.breaker.cooled_at
        return cooled if cooled is not None else self.retries.next_due(now)

    def _begin(self, flight: Flight) -> int:
        self._last += 1
        self._flights[self._last] = flight
        self._keys[flight.key] = self._last
        self.breaker.began()
        return self._last

    def _end(self, number: int) -> None:
        flight = self._flights.pop(number)
        del self._keys[flight.key]

    def _outcome_ok(self, turn: Turn, flight: Flight, reason: str) -> None:
        turn.observe("attempt", what=flight.what, outcome="ok", reason=reason)
        if self.breaker.succeeded():
            turn.observe("breaker", state="closed", failures=0)


def _word(reason: str) -> str:
    return reason.split(":", 1)[0]

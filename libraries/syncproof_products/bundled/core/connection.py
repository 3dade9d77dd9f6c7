"""The device's link: whether it is wanted, the live stream, its silence, and the state that others see."""

from __future__ import annotations

from typing import Literal

from syncproof_products.bundled.core.actions import CloseStream
from syncproof_products.bundled.core.exchanges import CONNECT, Exchanges, Flight
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Answer
from syncproof_synckit.retry import Retry

State = Literal["offline", "connecting", "catching_up", "live"]


class Connection:
    """At most one stream at a time. `greeted`: its first frame came, so that it is known to work."""

    def __init__(self, settings: Settings, exchanges: Exchanges) -> None:
        self._settings = settings
        self._exchanges = exchanges
        self._opening = 0
        self._stream = 0
        self._up_at = 0.0
        self._moved_at = 0.0
        self._reason = ""
        self._failed_before: Retry | None = None
        self.wanted = False
        self.address: str | None = None
        self.greeted = False
        self.ups = 0
        self.state: State = "offline"

    def want(self, turn: Turn, wanted: bool) -> None:
        """The application wants to be connected, or not."""
        self.wanted = wanted
        self._reason = "wanted" if wanted else "not wanted"
        self._settle_online(turn)

    def move(self, turn: Turn, address: str | None) -> None:
        """The relay is elsewhere now: what goes on with the old place ends, the new one is tried at once."""
        if address == self.address:
            return
        self._drop(turn, "the relay's address changed")
        self.address = address
        self._reason = "address changed" if address else "no address"
        self._exchanges.retries.succeeded(CONNECT)
        self._exchanges.retries.expedite(except_key=CONNECT)
        self._settle_online(turn)

    def pump(self, turn: Turn) -> None:
        """Open a stream if there is none, give up one that is silent."""
        if (self._stream or self._opening) and turn.now >= self._moved_at + self._settings.idle_timeout_s:
            self._silent(turn)
        if not self._stream and not self._opening and self._exchanges.may(turn.now, CONNECT):
            self._moved_at = turn.now
            flight = Flight("connect", CONNECT, self._opened, self._not_opened)
            self._opening = self._exchanges.open_stream(turn, flight)

    @property
    def stream(self) -> int:
        """The stream that stands and is known to work; 0 for none."""
        return self._stream if self.greeted else 0

    def is_current(self, stream: int) -> bool:
        """Whether this is the stream that stands."""
        return stream == self._stream and stream != 0

    def moved(self, turn: Turn, stream: int) -> None:
        """Bytes came in on the stream."""
        if stream in (self._stream, self._opening):
            self._moved_at = turn.now

    def up(self, turn: Turn, stream: int) -> None:
        """The edge opened the stream."""
        if stream == self._opening:
            self._stream = stream
            self._up_at = self._moved_at = turn.now
            self._failed_before = self._exchanges.retries.succeeded(CONNECT)
            self._exchanges.succeeded(turn, stream)

    def greet(self) -> None:
        """The first frame came: what waits for the link may be tried at once."""
        self.greeted = True
        self._reason = "connected"
        self._exchanges.retries.expedite(except_key=CONNECT)

    def down(self, turn: Turn, stream: int, reason: str) -> None:
        """The edge lost the stream, or could not open it."""
        if stream == self._opening:
            self._exchanges.failed(turn, stream, reason)
        elif self.is_current(stream):
            self._lost(turn, reason)

    def woke(self, now: float) -> None:
        """After standby the silence of the stream says nothing: give it its time again."""
        self._moved_at = now

    def settle(self, turn: Turn, catching_up: bool) -> None:
        """Say what state this is, if it is another one."""
        if not self._exchanges.online:
            state: State = "offline"
        elif not self.greeted:
            state = "connecting"
        else:
            state = "catching_up" if catching_up else "live"
        if state != self.state:
            self.state = state
            turn.observe("connection", state=state, reason=self._reason)
            self._reason = ""

    def next_due(self) -> float | None:
        """When silence becomes too long."""
        return self._moved_at + self._settings.idle_timeout_s if self._stream or self._opening else None

    def _settle_online(self, turn: Turn) -> None:
        online = self.wanted and self.address is not None
        self._exchanges.online = online
        if not online:
            self._drop(turn, "not wanted any more")
        elif self._reason == "wanted":
            self._exchanges.retries.succeeded(CONNECT)

    def _drop(self, turn: Turn, reason: str) -> None:
        if self._stream:
            turn.do(CloseStream(self._stream, reason))
            self._stream = 0
        self.greeted = False
        self._exchanges.cancel_all(turn, reason)

    def _silent(self, turn: Turn) -> None:
        reason = f"silent: nothing came for {self._settings.idle_timeout_s:g} s"
        if self._opening:
            turn.do(CloseStream(self._opening, reason))
            self._exchanges.failed(turn, self._opening, f"timeout: {reason}")
        else:
            turn.do(CloseStream(self._stream, reason))
            self._lost(turn, reason)

    def _lost(self, turn: Turn, reason: str) -> None:
        self._stream = 0
        self.greeted = False
        self._reason = reason
        if self._failed_before is not None and turn.now - self._up_at <= self._settings.retry_max_s:
            # It did not stand for long: opening one that breaks again and again has to back off too.
            self._exchanges.retries.relapsed(self._failed_before)
        self._exchanges.schedule(turn, "connect", CONNECT, reason, by_link=True)

    def _opened(self, turn: Turn, answer: Answer | None) -> None:
        del turn, answer
        self._opening = 0
        self.ups += 1

    def _not_opened(self, turn: Turn, reason: str | None) -> None:
        del turn
        self._opening = 0
        self._reason = reason or ""

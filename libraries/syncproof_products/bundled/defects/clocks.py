"""Bugs of time: a device's own clock is believed, where only what it has seen should count."""

from __future__ import annotations

from collections.abc import Callable

from syncproof_defects import breaks
from syncproof_products.bundled.core.events import Submit
from syncproof_products.bundled.core.outbox import Outbox, Pending
from syncproof_products.bundled.core.sending import Sender
from syncproof_products.bundled.core.timekeeping import Timekeeping
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.device.runtime import RunningDevice

_EXPIRES_S = 600.0


@breaks(Sender, "pump")
def expires_by_the_clock(original: Callable[..., None], self: Sender, turn: Turn) -> None:
    """An operation that has waited ten minutes by the device's clock is thrown away."""
    stamps, shown = expires_by_the_clock.state, turn.now + turn.ahead
    for op_id in [op_id for op_id, stamp in stamps.items() if shown - stamp > _EXPIRES_S]:
        del stamps[op_id]
        if self._outbox.remove(op_id) is not None:
            expires_by_the_clock.ran()
    original(self, turn)


@expires_by_the_clock.breaks(Sender, "submit")
def _stamped(original: Callable[..., None], self: Sender, turn: Turn, event: Submit) -> None:
    expires_by_the_clock.state[event.op.op_id] = turn.now + turn.ahead
    original(self, turn, event)


@breaks(Outbox, "batch")
def orders_by_the_clock(
    original: Callable[..., list[Pending]], self: Outbox, group: str, uploaded: dict[str, None]
) -> list[Pending]:
    """A push is sorted by the time at which each operation was written, as the device's clock showed it."""
    taken: list[Pending] = original(self, group, uploaded)
    by_time = sorted(taken, key=lambda pending: orders_by_the_clock.state.get(pending.op.op_id, 0.0))
    if by_time != taken:
        orders_by_the_clock.ran()
    return by_time


@orders_by_the_clock.breaks(Sender, "submit")
def _dated(original: Callable[..., None], self: Sender, turn: Turn, event: Submit) -> None:
    orders_by_the_clock.state[event.op.op_id] = turn.now + turn.ahead
    original(self, turn, event)


@breaks(RunningDevice, "_wake")
def waits_for_the_time_of_day(original: Callable[..., None], self: RunningDevice, at: float) -> None:
    """What is due is waited for by the clock alone: set back by a day, it puts a retry off until tomorrow."""
    del original
    waits_for_the_time_of_day.ran()
    self._set_timers(self._clock.call_at(at, self._tick))


@breaks(Timekeeping, "look")
def follows_a_clock_that_goes_back(
    original: Callable[..., float | None], self: Timekeeping, shown: float
) -> float | None:
    """A clock that is set back makes it earlier, so that what was planned before is due a day later."""
    gap = original(self, shown)
    if shown < self.now:
        follows_a_clock_that_goes_back.ran()
        self.now = shown
    return gap

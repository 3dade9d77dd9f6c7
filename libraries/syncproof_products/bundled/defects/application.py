"""Bugs of the application: what it shows, how long it keeps its user waiting, and what it keeps of what waits."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from syncproof_defects import breaks
from syncproof_products.bundled.agent.adapter import Adapter
from syncproof_products.bundled.core.device import Device
from syncproof_products.bundled.core.exchanges import CONNECT
from syncproof_products.bundled.core.outbox import Outbox, Pending
from syncproof_products.bundled.core.receiving import Receiver
from syncproof_products.bundled.core.records import OutboxOp
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.status import StatusTracker
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.device.runtime import RunningDevice
from syncproof_synckit.retry import Retry, RetryTracker

#: Longer than any user waits, s.
_AS_LONG_AS_IT_TAKES = 3600.0


@breaks(RunningDevice, "flush")
async def flushes_until_nothing_waits(
    original: Callable[..., Awaitable[int]], self: RunningDevice, within_s: float
) -> int:
    """A flush takes as long as there is something to push."""
    del within_s
    flushes_until_nothing_waits.ran()
    return await original(self, _AS_LONG_AS_IT_TAKES)


@breaks(RunningDevice, "flush")
async def drops_what_a_flush_left(
    original: Callable[..., Awaitable[int]], self: RunningDevice, within_s: float
) -> int:
    """What a flush could not push leaves the outbox."""
    await original(self, within_s)
    outbox = self.core._outbox
    for op_id in list(outbox._pending):
        drops_what_a_flush_left.ran()
        outbox.remove(op_id)
    return len(outbox)


@breaks(RunningDevice, "focus")
def stands_still_when_it_loses_focus(
    original: Callable[..., None], self: RunningDevice, focused: bool
) -> None:
    """A device whose application leaves the foreground waits for what is under way, and answers nobody meanwhile."""
    if not focused and self.core.pending()["outbox"]:
        stands_still_when_it_loses_focus.ran()
        time.sleep(0.7)
    original(self, focused)


@breaks(Device, "_focus")
def takes_no_notice_of_the_foreground(
    original: Callable[..., None], self: Device, turn: Turn, focused: bool
) -> None:
    """A device whose application comes to the foreground goes on as before."""
    del original, self
    takes_no_notice_of_the_foreground.ran()
    turn.observe("focus", focused=focused)


@breaks(Adapter, "close_application")
async def closes_when_all_is_pushed(
    original: Callable[..., Awaitable[dict[str, object]]], self: Adapter, within_s: float
) -> dict[str, object]:
    """An application is closed when nothing waits any more, however long that takes."""
    del within_s
    closes_when_all_is_pushed.ran()
    return await original(self, _AS_LONG_AS_IT_TAKES)


@breaks(StatusTracker, "connection")
def shows_the_last_state_for_ever(original: Callable[..., None], self: StatusTracker, stands: bool) -> None:
    """A connection that is lost changes nothing about what the application shows."""
    if not stands and self._connected:
        shows_the_last_state_for_ever.ran()
        return
    original(self, stands)


@breaks(StatusTracker, "push_failed")
def says_nothing_of_a_failed_push(
    original: Callable[..., None],
    self: StatusTracker,
    op_ids: list[str],
) -> None:
    """A push that failed changes nothing about what the application shows."""
    del original, self, op_ids
    says_nothing_of_a_failed_push.ran()


@breaks(StatusTracker, "push_refused")
def takes_refused_for_done(original: Callable[..., None], self: StatusTracker, op_id: str) -> None:
    """A change that the relay refuses is no longer pending, and that is all that the application shows."""
    original(self, op_id)
    takes_refused_for_done.ran()
    self._refused = False


@breaks(Outbox, "restore")
def restores_only_the_newest_of_its_outbox(
    original: Callable[..., None], self: Outbox, row: OutboxOp
) -> None:
    """A device that is started again finds one operation waiting, whatever it had taken."""
    for op_id in list(self._pending):
        restores_only_the_newest_of_its_outbox.ran()
        self.remove(op_id)
    original(self, row)


@breaks(Outbox, "has_room")
def makes_room_in_a_full_outbox(original: Callable[..., bool], self: Outbox, body_bytes: int) -> bool:
    """An outbox that is full takes one operation more, and the oldest makes room."""
    if not original(self, body_bytes):
        makes_room_in_a_full_outbox.state["full"] = True
    return True


@makes_room_in_a_full_outbox.breaks(Outbox, "add")
def _instead_of_the_oldest(
    original: Callable[..., Pending], self: Outbox, *args: Any, **named: Any
) -> Pending:
    if makes_room_in_a_full_outbox.state.pop("full", False):
        makes_room_in_a_full_outbox.ran()
        self.remove(next(iter(self._pending)))
    return original(self, *args, **named)


@breaks(RetryTracker, "failed")
def grows_without_end(
    original: Callable[..., Retry],
    self: RetryTracker,
    key: str,
    *when: Any,
    at_least: float = 0.0,
    **how: Any,
) -> Retry:
    """The longest delay before a connection is no limit: the delays go on growing."""
    before = self._retries.get(key)
    if key == CONNECT and before is not None and before.delay > self._settings.retry_max_s / 2:
        grows_without_end.ran()
        at_least = max(at_least, 3 * before.delay)
    return original(self, key, *when, at_least=at_least, **how)


@breaks(Receiver, "want")
def waits_for_a_gap_to_close_by_itself(
    original: Callable[..., None], self: Receiver, room: Room, reason: str
) -> None:
    """A device that is connected asks for nothing that it was not told."""
    if reason in ("gap", "behind"):
        waits_for_a_gap_to_close_by_itself.ran()
        return
    original(self, room, reason)


@breaks(StatusTracker, "push_acked")
def forgets_a_refusal_with_the_next_push(
    original: Callable[..., None], self: StatusTracker, op_id: str, waiting: int
) -> None:
    """What the relay has refused is shown until something else is through."""
    if self._refused:
        forgets_a_refusal_with_the_next_push.ran()
    self._refused = False
    original(self, op_id, waiting)

"""Bugs of the outbox: operations that were accepted and never leave it, or leave it too early."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from syncproof_defects import breaks
from syncproof_products.bundled.core.device import Device
from syncproof_products.bundled.core.events import DeviceEvent, ExchangeFailed, StreamDown
from syncproof_products.bundled.core.outbox import Pending
from syncproof_products.bundled.core.records import Change, OpStored
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.sending import _FINAL, Sender
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Answer, Refused
from syncproof_products.bundled.device import changes


@breaks(Device, "_handle")
def outbox_forgets_on_disconnect(
    original: Callable[..., None], self: Device, turn: Turn, event: DeviceEvent
) -> None:
    """When the stream or a push fails, the outbox is emptied with it."""
    original(self, turn, event)
    if isinstance(event, (StreamDown, ExchangeFailed)):
        for op_id in list(self._outbox._pending):
            outbox_forgets_on_disconnect.ran()
            self._outbox.remove(op_id)


@breaks(Sender, "_stored")
def forgets_what_is_written_offline(
    original: Callable[..., None], self: Sender, ticket: int, pending: Pending, turn: Turn
) -> None:
    """An operation that is handed in while the device is offline is accepted, and never pushed."""
    original(self, ticket, pending, turn)
    if not self._exchanges.online:
        forgets_what_is_written_offline.ran()
        self._outbox.remove(pending.op.op_id)


@breaks(Sender, "_push")
def pushes_only_once(
    original: Callable[..., None], self: Sender, turn: Turn, room: Room, key: str, batch: list[Pending]
) -> None:
    """A push that gets no answer counts as done: its operations leave the outbox."""
    original(self, turn, room, key, batch)
    flight = self._exchanges._flights[self._exchanges._keys[key]]

    def gone(_turn: Turn, reason: str | None) -> None:
        if reason is not None:
            pushes_only_once.ran()
            for pending in batch:
                self._outbox.remove(pending.op.op_id)

    flight.gone = gone


@breaks(changes, "_apply_one")
def outbox_in_memory(original: Callable[..., None], connection: sqlite3.Connection, change: Change) -> None:
    """An operation is accepted without being written down: it is lost when the process ends before the push."""
    if isinstance(change, OpStored):
        outbox_in_memory.ran()
        return
    original(connection, change)


@breaks(Sender, "_pushed")
def fails_all_that_were_pushed_with_it(
    original: Callable[..., None],
    self: Sender,
    room: Room,
    key: str,
    batch: list[Pending],
    turn: Turn,
    answer: Answer | None,
) -> None:
    """Where the relay refuses one operation of a push, all that were in it count as refused."""
    if len(batch) > 1 and isinstance(answer, Refused) and answer.status in _FINAL:
        fails_all_that_were_pushed_with_it.ran()
        for pending in batch:
            self.fail(pending.op.op_id, answer.code, answer.message)
        return
    original(self, room, key, batch, turn, answer)

"""Bugs of the outbox: operations that were accepted and never leave it, or leave it too early."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from syncproof_defects import Ran, defect, replace
from syncproof_products.bundled.core.device import Device
from syncproof_products.bundled.core.events import DeviceEvent, ExchangeFailed, StreamDown
from syncproof_products.bundled.core.outbox import Pending
from syncproof_products.bundled.core.records import Change, OpStored
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.sending import Sender
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.device import changes


@defect
def outbox_forgets_on_disconnect(ran: Ran) -> None:
    """When the stream or a push fails, the outbox is emptied with it."""

    def broken(
        original: Callable[[Device, Turn, DeviceEvent], None],
    ) -> Callable[[Device, Turn, DeviceEvent], None]:
        def handle(self: Device, turn: Turn, event: DeviceEvent) -> None:
            original(self, turn, event)
            if isinstance(event, (StreamDown, ExchangeFailed)):
                for op_id in list(self._outbox._pending):
                    ran()
                    self._outbox.remove(op_id)

        return handle

    replace(Device, "_handle", broken)


@defect
def forgets_what_is_written_offline(ran: Ran) -> None:
    """An operation that is handed in while the device is offline is accepted, and never pushed."""

    def broken(original: Any) -> Callable[[Sender, int, Pending, Turn], None]:
        def stored(self: Sender, ticket: int, pending: Pending, turn: Turn) -> None:
            original(self, ticket, pending, turn)
            if not self._exchanges.online:
                ran()
                self._outbox.remove(pending.op.op_id)

        return stored

    replace(Sender, "_stored", broken)


@defect
def pushes_only_once(ran: Ran) -> None:
    """A push that gets no answer counts as done: its operations leave the outbox."""

    def broken(original: Any) -> Callable[[Sender, Turn, Room, str, list[Pending]], None]:
        def push(self: Sender, turn: Turn, room: Room, key: str, batch: list[Pending]) -> None:
            original(self, turn, room, key, batch)
            flight = self._exchanges._flights[self._exchanges._keys[key]]

            def gone(_turn: Turn, reason: str | None) -> None:
                if reason is not None:
                    ran()
                    for pending in batch:
                        self._outbox.remove(pending.op.op_id)

            flight.gone = gone

        return push

    replace(Sender, "_push", broken)


@defect
def outbox_in_memory(ran: Ran) -> None:
    """An operation is accepted without being written down: it is lost when the process ends before the push."""

    def broken(original: Callable[[sqlite3.Connection, Change], None]) -> Callable[..., None]:
        def apply_one(connection: sqlite3.Connection, change: Change) -> None:
            if isinstance(change, OpStored):
                ran()
                return
            original(connection, change)

        return apply_one

    replace(changes, "_apply_one", broken)

"""Bugs of order: of one author's messages, and between devices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof_defects import Ran, defect, replace
from syncproof_products.bundled.core.delivery import Delivery
from syncproof_products.bundled.core.journal import Then
from syncproof_products.bundled.core.outbox import Outbox, Pending
from syncproof_products.bundled.core.records import Delivered, Path
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.sending import Sender
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Event

Deliver = Callable[[Delivery, Room, list[Event], Path, Then | None], None]


@defect
def reorders_page(ran: Ran) -> None:
    """The last two events of a page of catch-up are delivered in the wrong order."""

    def broken(original: Deliver) -> Deliver:
        def deliver(
            self: Delivery, room: Room, events: list[Event], path: Path, after: Then | None = None
        ) -> None:
            if path != "live" and len(events) > 1:
                ran()
                events = [*events[:-2], events[-1], events[-2]]
            original(self, room, events, path, after)

        return deliver

    replace(Delivery, "deliver", broken)


@defect
def pushes_newest_first(ran: Ran) -> None:
    """The operations of one push go out newest first."""

    def broken(original: Any) -> Callable[[Outbox, str, dict[str, None]], list[Pending]]:
        def batch(self: Outbox, group: str, uploaded: dict[str, None]) -> list[Pending]:
            taken: list[Pending] = original(self, group, uploaded)
            if len(taken) > 1:
                ran()
            return taken[::-1]

        return batch

    replace(Outbox, "batch", broken)


@defect
def shows_own_messages_at_once(ran: Ran) -> None:
    """What a device writes is in its own delivery log at once, not in its place in the room's log."""
    shown: dict[str, None] = {}

    def hasty(original: Any) -> Callable[[Sender, int, Pending, Turn], None]:
        def stored(self: Sender, ticket: int, pending: Pending, turn: Turn) -> None:
            original(self, ticket, pending, turn)
            ran()
            op, delivery = pending.op, self._delivery
            shown[op.op_id] = None
            delivery.deliveries += 1
            n, event = delivery.deliveries, Event(0, self._device, pending.draft())
            room = self._rooms[op.group]
            self._journal.stage(
                (Delivered(n, op.group, event, "live"),),
                lambda turn: delivery._delivered(room, n, 0, None, [], None, turn),
            )

        return stored

    def once(original: Deliver) -> Deliver:
        def deliver(
            self: Delivery, room: Room, events: list[Event], path: Path, after: Then | None = None
        ) -> None:
            own = [event for event in events if event.draft.op_id in shown]
            self.acknowledge(tuple([(event.draft.op_id, event.seq) for event in own]))
            original(self, room, [event for event in events if event not in own], path, after)

        return deliver

    replace(Sender, "_stored", hasty)
    replace(Delivery, "deliver", once)

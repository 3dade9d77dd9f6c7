"""Bugs of order: of one author's messages, and between devices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof_defects import breaks
from syncproof_products.bundled.core.delivery import Delivery
from syncproof_products.bundled.core.outbox import Outbox, Pending
from syncproof_products.bundled.core.records import Delivered, Path
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.sending import Sender
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Event


@breaks(Delivery, "deliver")
def reorders_page(
    original: Callable[..., None], self: Delivery, room: Room, events: list[Event], path: Path, *rest: Any
) -> None:
    """The last two events of a page of catch-up are delivered in the wrong order."""
    if path != "live" and len(events) > 1:
        reorders_page.ran()
        events = [*events[:-2], events[-1], events[-2]]
    original(self, room, events, path, *rest)


@breaks(Outbox, "batch")
def pushes_newest_first(
    original: Callable[..., list[Pending]], self: Outbox, group: str, uploaded: dict[str, None]
) -> list[Pending]:
    """The operations of one push go out newest first."""
    taken: list[Pending] = original(self, group, uploaded)
    if len(taken) > 1:
        pushes_newest_first.ran()
    return taken[::-1]


@breaks(Sender, "_stored")
def shows_own_messages_at_once(
    original: Callable[..., None], self: Sender, ticket: int, pending: Pending, turn: Turn
) -> None:
    """What a device writes is in its own delivery log at once, not in its place in the room's log."""
    original(self, ticket, pending, turn)
    shows_own_messages_at_once.ran()
    op, delivery = pending.op, self._delivery
    shows_own_messages_at_once.state[op.op_id] = None
    delivery.deliveries += 1
    n, event = delivery.deliveries, Event(0, self._device, pending.draft())
    room = self._rooms[op.group]
    self._journal.stage(
        (Delivered(n, op.group, event, "live"),),
        lambda turn: delivery._delivered(room, n, 0, None, [], None, turn),
    )


@shows_own_messages_at_once.breaks(Delivery, "deliver")
def _once(original: Callable[..., None], self: Delivery, room: Room, events: list[Event], *rest: Any) -> None:
    own = [event for event in events if event.draft.op_id in shows_own_messages_at_once.state]
    self.acknowledge(tuple([(event.draft.op_id, event.seq) for event in own]))
    original(self, room, [event for event in events if event not in own], *rest)

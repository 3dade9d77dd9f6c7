"""Bugs of catch-up: what the device asks for, and what it makes of a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof_defects import breaks
from syncproof_products.bundled.core.catchup import CatchUp
from syncproof_products.bundled.core.delivery import Delivery
from syncproof_products.bundled.core.receiving import Receiver
from syncproof_products.bundled.core.records import Path
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Event


@breaks(Delivery, "deliver")
def drops_last_of_page(
    original: Callable[..., None], self: Delivery, room: Room, events: list[Event], path: Path, *rest: Any
) -> None:
    """A page of catch-up loses its last event: the cursor has passed it, and it is not delivered."""
    if path != "live":
        drops_last_of_page.ran()
        events = events[:-1]
    original(self, room, events, path, *rest)


@breaks(Receiver, "head_seen")
def starts_at_the_head(
    original: Callable[..., None], self: Receiver, room: Room, head: int, reason: str
) -> None:
    """A device that has nothing yet takes the relay's head for its place, as if it were new in the room."""
    # A room can be joined before the first heads come: whichever tells of what is there first.
    if reason in ("connected", "joined") and room.cursor.seq == 0 and head > 0:
        starts_at_the_head.ran()
        room.cursor.seq = head
    original(self, room, head, reason)


@breaks(Receiver, "head_seen")
def ignores_a_gap_of_one(
    original: Callable[..., None], self: Receiver, room: Room, head: int, reason: str
) -> None:
    """Catch-up begins only when more than one event is missing."""
    if head == room.cursor.seq + 1:
        ignores_a_gap_of_one.ran()
        return
    original(self, room, head, reason)


@breaks(Receiver, "_no_page")
def moves_cursor_when_asking(
    original: Callable[..., None], self: Receiver, catchup: CatchUp, turn: Turn, reason: str | None
) -> None:
    """The cursor moves when a page is asked for, and not back when the page breaks off."""
    room = next((room for room in self._rooms.values() if room.catchup is catchup), None)
    if room is not None and reason is not None and reason.startswith("closed"):
        moves_cursor_when_asking.ran()
        limit = catchup.limit(room.cursor.seq, self._settings.page_events)
        room.cursor.seq = min(room.head, room.cursor.seq + limit)
    original(self, catchup, turn, reason)


@breaks(Receiver, "head_seen")
def waits_for_a_heartbeat_to_catch_up(
    original: Callable[..., None], self: Receiver, room: Room, head: int, reason: str
) -> None:
    """What a new connection tells is missing is asked for with the next heartbeat only."""
    if reason == "connected" and room.cursor.seq < head:
        waits_for_a_heartbeat_to_catch_up.ran()
        return
    original(self, room, head, reason)

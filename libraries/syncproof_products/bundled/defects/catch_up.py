"""Bugs of catch-up: what the device asks for, and what it makes of a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof_defects import Ran, defect, replace
from syncproof_products.bundled.core.catchup import CatchUp
from syncproof_products.bundled.core.delivery import Delivery
from syncproof_products.bundled.core.journal import Then
from syncproof_products.bundled.core.receiving import Receiver
from syncproof_products.bundled.core.records import Path
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Event

Deliver = Callable[[Delivery, Room, list[Event], Path, Then | None], None]
HeadSeen = Callable[[Receiver, Room, int, str], None]


@defect
def drops_last_of_page(ran: Ran) -> None:
    """A page of catch-up loses its last event: the cursor has passed it, and it is not delivered."""

    def broken(original: Deliver) -> Deliver:
        def deliver(
            self: Delivery, room: Room, events: list[Event], path: Path, after: Then | None = None
        ) -> None:
            if path != "live":
                ran()
                events = events[:-1]
            original(self, room, events, path, after)

        return deliver

    replace(Delivery, "deliver", broken)


@defect
def starts_at_the_head(ran: Ran) -> None:
    """A device that has nothing yet takes the relay's head for its place, as if it were new in the room."""

    def broken(original: HeadSeen) -> HeadSeen:
        def head_seen(self: Receiver, room: Room, head: int, reason: str) -> None:
            # A room can be joined before the first heads come: whichever tells of what is there first.
            if reason in ("connected", "joined") and room.cursor.seq == 0 and head > 0:
                ran()
                room.cursor.seq = head
            original(self, room, head, reason)

        return head_seen

    replace(Receiver, "head_seen", broken)


@defect
def ignores_a_gap_of_one(ran: Ran) -> None:
    """Catch-up begins only when more than one event is missing."""

    def broken(original: HeadSeen) -> HeadSeen:
        def head_seen(self: Receiver, room: Room, head: int, reason: str) -> None:
            if head == room.cursor.seq + 1:
                ran()
                return
            original(self, room, head, reason)

        return head_seen

    replace(Receiver, "head_seen", broken)


@defect
def moves_cursor_when_asking(ran: Ran) -> None:
    """The cursor moves when a page is asked for, and not back when the page breaks off."""

    def broken(original: Any) -> Callable[[Receiver, CatchUp, Turn, str | None], None]:
        def no_page(self: Receiver, catchup: CatchUp, turn: Turn, reason: str | None) -> None:
            room = next((room for room in self._rooms.values() if room.catchup is catchup), None)
            if room is not None and reason is not None and reason.startswith("closed"):
                ran()
                limit = catchup.limit(room.cursor.seq, self._settings.page_events)
                room.cursor.seq = min(room.head, room.cursor.seq + limit)
            original(self, catchup, turn, reason)

        return no_page

    replace(Receiver, "_no_page", broken)

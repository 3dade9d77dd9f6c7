"""Read markers between application, device and relay."""

from __future__ import annotations

from functools import partial

from syncproof_products.bundled.core.actions import Accepted, Rejected
from syncproof_products.bundled.core.events import MarkerSet
from syncproof_products.bundled.core.exchanges import Exchanges, Flight
from syncproof_products.bundled.core.journal import Journal
from syncproof_products.bundled.core.marker import Position
from syncproof_products.bundled.core.records import MarkerMoved
from syncproof_products.bundled.core.room import Room, Rooms
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Answer, MarkerIs, Refused, SetMarker


class MarkerSync:
    """Tells the relay where the markers are, debounced, and never of one that is not durable here."""

    def __init__(self, rooms: Rooms, journal: Journal, exchanges: Exchanges) -> None:
        self._rooms = rooms
        self._journal = journal
        self._exchanges = exchanges
        self.remote_updates = 0

    @property
    def lagging(self) -> int:
        """Groups whose marker the relay does not know yet."""
        return sum(1 for room in self._rooms.values() if room.marker.lags and not room.left)

    def set_marker(self, turn: Turn, event: MarkerSet, deliveries: int) -> None:
        """The application has read up to somewhere: which the marker, moved with every delivery, must have passed."""
        room = self._rooms.get(event.group)
        if room is None:
            text = f"there is no group {event.group} on this device"
            turn.do(Rejected(event.ticket, "unknown_group", text))
        elif event.seq > room.cursor.seq or event.n > deliveries:
            text = (
                f"expected a version up to {room.cursor.seq} and a delivery up to {deliveries}, "
                f"seen {event.seq} and {event.n}: a marker cannot pass what was delivered"
            )
            turn.do(Rejected(event.ticket, "invalid", text))
        else:
            self._journal.then(turn, lambda turn: turn.do(Accepted(event.ticket)))

    def pump(self, turn: Turn) -> None:
        """Tell the relay where it is time to."""
        for room in self._rooms.values():
            due = room.marker.due
            if due is not None and due <= turn.now and room.joined:
                key = f"marker:{room.name}"
                if self._exchanges.may(turn.now, key):
                    position = room.marker.telling()
                    told = partial(self._told, room, position, key)
                    flight = Flight("marker", key, told, partial(_not_told, room))
                    self._exchanges.call(turn, flight, SetMarker(room.name, position.seq))

    def next_due(self, now: float) -> float | None:
        """When a marker is to be told, later than `now`."""
        soonest: float | None = None
        for room in self._rooms.values():
            due = room.marker.due
            if due is not None and due > now and (soonest is None or due < soonest):
                soonest = due
        return soonest

    def _told(self, room: Room, position: Position, key: str, turn: Turn, answer: Answer | None) -> None:
        if not isinstance(answer, MarkerIs):
            if isinstance(answer, Refused) and answer.status in (403, 404):
                room.leave_out()
            reason = answer.code if isinstance(answer, Refused) else "malformed"
            self._exchanges.schedule(turn, "marker", key, reason, by_link=False)
            room.marker.resume(turn.now)
            return
        before = room.marker.remote
        moved = room.marker.told(position)
        if moved is not None:
            self._journal.stage((moved,), partial(self._committed, room.name, before, moved))

    def _committed(self, group: str, before: Position, moved: MarkerMoved, turn: Turn) -> None:
        self.remote_updates += 1
        turn.observe(
            "marker",
            group=group,
            scope="remote",
            old=str(before.seq) if before.seq else None,
            new=str(moved.seq),
            n=moved.n,
        )


def _not_told(room: Room, turn: Turn, reason: str | None) -> None:
    del reason
    room.marker.resume(turn.now)

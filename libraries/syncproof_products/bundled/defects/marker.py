"""Bugs of the read marker, and of what must come before it moves."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace as replace_fields
from functools import partial
from typing import Any

from syncproof_defects import Ran, defect, replace
from syncproof_products.bundled.core.events import MarkerSet
from syncproof_products.bundled.core.marker_sync import MarkerSync
from syncproof_products.bundled.core.receiving import Receiver
from syncproof_products.bundled.core.records import MarkerMoved
from syncproof_products.bundled.core.relay.actions import RelayAction
from syncproof_products.bundled.core.relay.events import CallReceived
from syncproof_products.bundled.core.relay.relay import Relay
from syncproof_products.bundled.core.relay.rooms import Room as RelayRoom
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.timekeeping import Timekeeping
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Event, Pull


@defect
def marker_skips_ahead(ran: Ran) -> None:
    """A live event moves the marker to its place, although catch-up has not come that far."""

    def broken(original: Any) -> Callable[[Receiver, Turn, Room, Event], None]:
        def live(self: Receiver, turn: Turn, room: Room, event: Event) -> None:
            original(self, turn, room, event)
            moved = None
            if event.seq in room.hold:
                moved = room.marker.advance(event.seq, self._delivery.deliveries)
            if moved is not None:
                ran()
                self._journal.stage((moved,), partial(self._delivery._marked, room, moved))

        return live

    replace(Receiver, "live", broken)


@defect
def marker_moves_on_wake_before_catch_up(ran: Ran) -> None:
    """After standby the marker goes on at once: it does not wait until catch-up has ended."""

    def broken(original: Callable[[Receiver, Turn], None]) -> Callable[[Receiver, Turn], None]:
        def woke(self: Receiver, turn: Turn) -> None:
            original(self, turn)
            for room in self._rooms.values():
                ran()
                room.marker.blocked = False

        return woke

    replace(Receiver, "woke", broken)


@defect
def sleeps_through_standby(ran: Ran) -> None:
    """A gap in the device's time is not noticed: it goes on as if nothing had been."""

    def broken(
        original: Callable[[Timekeeping, float], float | None],
    ) -> Callable[[Timekeeping, float], float | None]:
        def look(self: Timekeeping, shown: float) -> float | None:
            if original(self, shown) is not None:
                ran()
            return None

        return look

    replace(Timekeeping, "look", broken)


@defect
def believes_any_marker(ran: Ran) -> None:
    """The marker goes wherever the application says, delivered or not."""

    def broken(original: Any) -> Callable[[MarkerSync, Turn, MarkerSet, int], None]:
        def set_marker(self: MarkerSync, turn: Turn, event: MarkerSet, deliveries: int) -> None:
            room = self._rooms.get(event.group)
            if room is not None and event.seq > room.cursor.seq:
                ran()
                moved = room.marker.advance(event.seq, event.n)
                if moved is not None:
                    self._journal.stage((moved,), partial(_moved, room, moved))
                event = replace_fields(event, seq=room.cursor.seq, n=deliveries)
            original(self, turn, event, deliveries)

        return set_marker

    replace(MarkerSync, "set_marker", broken)


def _moved(room: Room, moved: MarkerMoved, turn: Turn) -> None:
    before = room.marker.local_committed(moved, turn.now)
    turn.observe("marker", group=room.name, scope="local", old=str(before.seq), new=str(moved.seq), n=moved.n)


@defect
def hands_out_what_is_behind_the_marker(ran: Ran) -> None:
    """The relay leaves out of its pages what the device's user has read, wherever."""

    def broken(original: Callable[..., list[RelayAction]]) -> Callable[..., list[RelayAction]]:
        def call(self: Relay, now: float, rng: random.Random, event: CallReceived) -> list[RelayAction]:
            pull = event.call
            room = self._rooms.existing(pull.room) if isinstance(pull, Pull) else None
            if isinstance(pull, Pull) and room is not None and room.markers.get(event.device, 0) > pull.after:
                ran()
                event = replace_fields(event, call=replace_fields(pull, after=room.markers[event.device]))
            return original(self, now, rng, event)

        return call

    replace(Relay, "_call", broken)


@defect
def takes_an_older_marker(ran: Ran) -> None:
    """The relay believes the last client that tells it how far a user has read."""

    def broken(original: Callable[..., list[RelayAction]]) -> Callable[..., list[RelayAction]]:
        def set_marker(
            self: Relay, request_id: int, device: str, room: RelayRoom, seq: int
        ) -> list[RelayAction]:
            if 0 <= seq < room.markers.get(device, 0):
                ran()
                room.markers[device] = seq
            return original(self, request_id, device, room, seq)

        return set_marker

    replace(Relay, "_set_marker", broken)

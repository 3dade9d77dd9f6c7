"""Bugs of the read marker, and of what must come before it moves."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace as replace_fields
from functools import partial

import msgspec

from syncproof_defects import breaks
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
from syncproof_synckit.debounce import Debounce


@breaks(Receiver, "live")
def marker_skips_ahead(
    original: Callable[..., None], self: Receiver, turn: Turn, room: Room, event: Event
) -> None:
    """A live event moves the marker to its place, although catch-up has not come that far."""
    original(self, turn, room, event)
    moved = None
    if event.seq in room.hold:
        moved = room.marker.advance(event.seq, self._delivery.deliveries)
    if moved is not None:
        marker_skips_ahead.ran()
        self._journal.stage((moved,), partial(self._delivery._marked, room, moved))


@breaks(Receiver, "woke")
def marker_moves_on_wake_before_catch_up(original: Callable[..., None], self: Receiver, turn: Turn) -> None:
    """After standby the marker goes on at once: it does not wait until catch-up has ended."""
    original(self, turn)
    for room in self._rooms.values():
        marker_moves_on_wake_before_catch_up.ran()
        room.marker.blocked = False


@breaks(Timekeeping, "look")
def sleeps_through_standby(
    original: Callable[..., float | None], self: Timekeeping, shown: float
) -> float | None:
    """A gap in the device's time is not noticed: it goes on as if nothing had been."""
    if original(self, shown) is not None:
        sleeps_through_standby.ran()
    return None


@breaks(MarkerSync, "set_marker")
def believes_any_marker(
    original: Callable[..., None], self: MarkerSync, turn: Turn, event: MarkerSet, deliveries: int
) -> None:
    """The marker goes wherever the application says, delivered or not."""
    room = self._rooms.get(event.group)
    if room is not None and event.seq > room.cursor.seq:
        believes_any_marker.ran()
        moved = room.marker.advance(event.seq, event.n)
        if moved is not None:
            self._journal.stage((moved,), partial(_moved, room, moved))
        event = replace_fields(event, seq=room.cursor.seq, n=deliveries)
    original(self, turn, event, deliveries)


def _moved(room: Room, moved: MarkerMoved, turn: Turn) -> None:
    before = room.marker.local_committed(moved, turn.now)
    turn.observe("marker", group=room.name, scope="local", old=str(before.seq), new=str(moved.seq), n=moved.n)


@breaks(Relay, "_call")
def hands_out_what_is_behind_the_marker(
    original: Callable[..., list[RelayAction]],
    self: Relay,
    now: float,
    rng: random.Random,
    event: CallReceived,
) -> list[RelayAction]:
    """The relay leaves out of its pages what the device's user has read, wherever."""
    pull = event.call
    room = self._rooms.existing(pull.room) if isinstance(pull, Pull) else None
    if isinstance(pull, Pull) and room is not None and room.markers.get(event.device, 0) > pull.after:
        hands_out_what_is_behind_the_marker.ran()
        event = replace_fields(event, call=msgspec.structs.replace(pull, after=room.markers[event.device]))
    return original(self, now, rng, event)


@breaks(Relay, "_set_marker")
def takes_an_older_marker(
    original: Callable[..., list[RelayAction]],
    self: Relay,
    request_id: int,
    device: str,
    room: RelayRoom,
    seq: int,
) -> list[RelayAction]:
    """The relay believes the last client that tells it how far a user has read."""
    if 0 <= seq < room.markers.get(device, 0):
        takes_an_older_marker.ran()
        room.markers[device] = seq
    return original(self, request_id, device, room, seq)


@breaks(Debounce, "touch")
def waits_until_a_marker_stands_still(_original: Callable[..., None], self: Debounce, now: float) -> None:
    """The relay hears of a marker when it has stood still, and of one that keeps moving never."""
    waits_until_a_marker_stands_still.ran()
    self.due = now + self._quiet_s

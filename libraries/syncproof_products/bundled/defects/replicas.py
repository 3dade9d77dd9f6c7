"""Bugs of devices as replicas: what they hold, how far they got, and what they ask for when they come back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec

from syncproof_defects import breaks
from syncproof_products.bundled.core.catchup import CatchUp
from syncproof_products.bundled.core.connection import Connection
from syncproof_products.bundled.core.delivery import Delivery
from syncproof_products.bundled.core.device import Device
from syncproof_products.bundled.core.events import DeviceEvent, Started, Submit
from syncproof_products.bundled.core.outbox import Pending
from syncproof_products.bundled.core.receiving import Receiver
from syncproof_products.bundled.core.records import Path
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.sending import Sender
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Event, Page

#: How often a device believes that it is to connect.
_CONNECTIONS = 8
#: Events that are enough to show, or so somebody thought.
_ENOUGH = 500
#: Operations that come sooner after the one before are one to a device that debounces, s.
_DEBOUNCE_S = 0.05


@breaks(Sender, "_push")
def puts_a_broken_push_behind_the_rest(
    original: Callable[..., None], self: Sender, turn: Turn, room: Room, key: str, batch: list[Pending]
) -> None:
    """The operations of a push that broke off go to the end of the queue."""
    original(self, turn, room, key, batch)
    flight = self._exchanges._flights[self._exchanges._keys[key]]

    def gone(_turn: Turn, reason: str | None) -> None:
        if reason is None:
            return
        for pending in batch:
            if self._outbox.remove(pending.op.op_id) is not None:
                puts_a_broken_push_behind_the_rest.ran()
                self._outbox._insert(pending)

    flight.gone = gone


@breaks(Receiver, "_no_page")
def resumes_one_behind_where_it_broke_off(
    original: Callable[..., None], self: Receiver, catchup: CatchUp, turn: Turn, reason: str | None
) -> None:
    """After a page that broke off the device asks for what is behind the next event."""
    original(self, catchup, turn, reason)
    for room in self._catching.values():
        if room.catchup is catchup and reason is not None:
            resumes_one_behind_where_it_broke_off.ran()
            room.cursor.seq = min(room.head, room.cursor.seq + 1)


@breaks(Connection, "want")
def stays_offline_after_many_changes(
    original: Callable[..., None], self: Connection, turn: Turn, wanted: bool
) -> None:
    """A device that was told to connect so often takes no notice any more."""
    state = stays_offline_after_many_changes.state
    state["told"] = state.get("told", 0) + wanted
    if wanted and state["told"] > _CONNECTIONS:
        stays_offline_after_many_changes.ran()
        return
    original(self, turn, wanted)


@breaks(Device, "_handle")
def restores_its_cursor_one_too_far(
    original: Callable[..., None], self: Device, turn: Turn, event: DeviceEvent
) -> None:
    """A device that is started again counts itself one event further than it got."""
    original(self, turn, event)
    if isinstance(event, Started):
        for room in self._rooms.values():
            if room.cursor.seq:
                restores_its_cursor_one_too_far.ran()
                room.cursor.seq += 1


@breaks(Receiver, "_page_done")
def ends_catch_up_at_the_head_that_was_announced(
    original: Callable[..., None],
    self: Receiver,
    room: Room,
    catchup: CatchUp,
    key: str,
    before: int,
    got: int,
    page: Page,
    turn: Turn,
) -> None:
    """A catch-up that has come to the head that its first page announced has all, whatever was written since."""
    heads = vars(self).setdefault("_first_heads", {})
    announced = heads.setdefault((room.name, catchup.first), page.head)
    if room.head > room.cursor.seq >= announced:
        ends_catch_up_at_the_head_that_was_announced.ran()
        room.hold.drop_through(room.head)
        room.cursor.seq = room.head
        page = msgspec.structs.replace(page, more=False)
    original(self, room, catchup, key, before, got, page, turn)


@breaks(Receiver, "live")
def delivers_live_before_the_gap(
    original: Callable[..., None], self: Receiver, turn: Turn, room: Room, event: Event
) -> None:
    """A live event is handed to the application at once, and what is missing before it afterwards."""
    ahead = event.seq > room.cursor.seq and (room.catchup is not None or event.seq > room.cursor.seq + 1)
    shown = delivers_live_before_the_gap.state.setdefault("shown", set())
    original(self, turn, room, event)
    if ahead and event.seq not in shown:
        delivers_live_before_the_gap.ran()
        self._delivery.deliver(room, [event], "live")
        shown.add(event.seq)


@delivers_live_before_the_gap.breaks(Delivery, "deliver")
def _those_not_shown(
    original: Callable[..., None], self: Delivery, room: Room, events: list[Event], *rest: Any
) -> None:
    shown = delivers_live_before_the_gap.state.get("shown", set())
    original(self, room, [event for event in events if event.seq not in shown], *rest)


@breaks(Sender, "_stored")
def debounces_what_is_written(
    original: Callable[..., None], self: Sender, ticket: int, pending: Pending, turn: Turn
) -> None:
    """Of operations that come in quick succession only the last one of each push is sent."""
    original(self, ticket, pending, turn)
    before, at = debounces_what_is_written.state.get("last", (None, 0.0))
    debounces_what_is_written.state["last"] = (pending.op.op_id, turn.now)
    if turn.now - at < _DEBOUNCE_S and self._outbox.remove(before) is not None:
        debounces_what_is_written.ran()


@breaks(Device, "_handle")
def forgets_what_is_written_during_a_partition(
    original: Callable[..., None], self: Device, turn: Turn, event: DeviceEvent
) -> None:
    """An operation that is handed in while no connection stands is accepted, and never pushed."""
    if isinstance(event, Submit) and not self._connection.greeted:
        forgets_what_is_written_during_a_partition.state[event.op.op_id] = True
    original(self, turn, event)


@forgets_what_is_written_during_a_partition.breaks(Sender, "_stored")
def _and_never_pushed(
    original: Callable[..., None], self: Sender, ticket: int, pending: Pending, turn: Turn
) -> None:
    original(self, ticket, pending, turn)
    if pending.op.op_id in forgets_what_is_written_during_a_partition.state:
        forgets_what_is_written_during_a_partition.ran()
        self._outbox.remove(pending.op.op_id)


@breaks(Receiver, "head_seen")
def looks_back_no_further_than_a_page(
    original: Callable[..., None], self: Receiver, room: Room, head: int, reason: str
) -> None:
    """A device that missed more than a page fetches the newest page only."""
    if head - room.cursor.seq > _ENOUGH:
        looks_back_no_further_than_a_page.ran()
        room.cursor.seq = head - _ENOUGH
    original(self, room, head, reason)


@breaks(Receiver, "_pull")
def pulls_from_the_beginning(
    original: Callable[..., None], self: Receiver, turn: Turn, room: Room, catchup: CatchUp, key: str
) -> None:
    """A device asks for the whole log each time, and throws away what it has."""
    cursor = room.cursor.seq
    if cursor:
        pulls_from_the_beginning.ran()
    room.cursor.seq = 0
    original(self, turn, room, catchup, key)
    room.cursor.seq = cursor


@breaks(Delivery, "deliver")
def counts_the_resolutions_that_it_hears(
    original: Callable[..., None], self: Delivery, room: Room, events: list[Event], *rest: Any
) -> None:
    """A device that takes a resolution in counts itself in the resolution's vector clock."""
    original(self, room, [_counted(event, self._device) for event in events], *rest)


def _counted(event: Event, device: str) -> Event:
    draft = event.draft
    if draft.kind != "resolve" or event.author == device:
        return event
    counts_the_resolutions_that_it_hears.ran()
    clock = {**draft.clock, device: draft.clock.get(device, 0) + 1}
    return msgspec.structs.replace(event, draft=msgspec.structs.replace(draft, clock=clock))


@breaks(Delivery, "deliver")
def writes_messages_down_in_its_own_way(
    original: Callable[..., None], self: Delivery, room: Room, events: list[Event], *rest: Any
) -> None:
    """A device reads each message of others and writes it down again, without the spaces."""
    original(self, room, [_rewritten(event, self._device) for event in events], *rest)


def _rewritten(event: Event, device: str) -> Event:
    if event.author == device:
        return event
    body = json.dumps(json.loads(event.draft.body), separators=(",", ":"))
    writes_messages_down_in_its_own_way.ran()
    return msgspec.structs.replace(event, draft=msgspec.structs.replace(event.draft, body=body))


@breaks(Delivery, "deliver")
def skips_every_twentieth(
    original: Callable[..., None], self: Delivery, room: Room, events: list[Event], path: Path, *rest: Any
) -> None:
    """Every twentieth event of the log that is another one's is passed over by catch-up."""
    kept = [event for event in events if path == "live" or event.seq % 20 or event.author == self._device]
    if len(kept) < len(events):
        skips_every_twentieth.ran()
    original(self, room, kept, path, *rest)


@breaks(Receiver, "head_seen")
def comes_back_at_the_head(
    original: Callable[..., None], self: Receiver, room: Room, head: int, reason: str
) -> None:
    """A device that connects again begins with what is written from then on."""
    if reason == "connected" and head > room.cursor.seq > 0:
        comes_back_at_the_head.ran()
        room.cursor.seq = head
    original(self, room, head, reason)

"""Bugs of what was under way when something went wrong: taken for done, given up for good, never told again."""

from __future__ import annotations

from collections.abc import Callable

from syncproof_defects import breaks
from syncproof_products.bundled.core import marker_sync
from syncproof_products.bundled.core.catchup import CatchUp
from syncproof_products.bundled.core.exchanges import Exchanges
from syncproof_products.bundled.core.marker import Marker
from syncproof_products.bundled.core.receiving import Receiver
from syncproof_products.bundled.core.relay.rooms import Rooms as RelayRooms
from syncproof_products.bundled.core.relay.snapshot import Snapshot
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.transfers import Transfers
from syncproof_products.bundled.core.turn import Turn


@breaks(Transfers, "failed")
def gives_a_broken_download_up(
    original: Callable[..., None], self: Transfers, turn: Turn, number: int, reason: str, offset: int
) -> None:
    """A download that breaks off in the middle is no longer missing."""
    found = self._moving.get(number)
    original(self, turn, number, reason, offset)
    if found is not None and found[0] == "download" and offset:
        gives_a_broken_download_up.ran()
        self._attachments._downloads.pop(found[1].digest, None)


@breaks(Exchanges, "cancel_all")
def keeps_the_place_of_a_cancelled_download(
    original: Callable[..., None], self: Exchanges, turn: Turn, reason: str
) -> None:
    """A download that is cancelled when the device disconnects is taken for one that is still under way."""
    held = {key: number for key, number in self._keys.items() if key.startswith("download:")}
    original(self, turn, reason)
    if held and not self.online:
        keeps_the_place_of_a_cancelled_download.ran()
        self._keys.update(held)


@breaks(Receiver, "_no_page")
def counts_a_page_that_broke_off(
    original: Callable[..., None], self: Receiver, catchup: CatchUp, turn: Turn, reason: str | None
) -> None:
    """Catch-up goes on behind the page that it had asked for when the connection broke."""
    original(self, catchup, turn, reason)
    for room in self._catching.values():
        if room.catchup is catchup and catchup.got and reason is not None:
            counts_a_page_that_broke_off.ran()
            room.cursor.seq = min(room.head, room.cursor.seq + self._settings.page_events)


@breaks(Receiver, "_no_page")
def waits_for_a_cancelled_page(
    original: Callable[..., None], self: Receiver, catchup: CatchUp, turn: Turn, reason: str | None
) -> None:
    """A page that was given up when the device disconnected is waited for when it is back."""
    if reason is None and not self._exchanges.online:
        waits_for_a_cancelled_page.ran()
    else:
        original(self, catchup, turn, reason)


@breaks(Receiver, "woke")
def wakes_up_at_the_head(original: Callable[..., None], self: Receiver, turn: Turn) -> None:
    """A device that slept in the middle of a catch-up takes that one for finished."""
    behind = [room for room in self._rooms.values() if room.catchup is not None and room.catchup.started]
    original(self, turn)
    for room in behind:
        wakes_up_at_the_head.ran()
        room.cursor.seq = room.head


@breaks(marker_sync, "_not_told")
def tells_a_marker_only_once(
    original: Callable[..., None], room: Room, turn: Turn, reason: str | None
) -> None:
    """A marker that could not be told waits for the next message before it is told again."""
    if reason is None:
        original(room, turn, reason)
    else:
        tells_a_marker_only_once.ran()


@breaks(Marker, "resume")
def forgets_at_its_start_what_it_had_to_tell(original: Callable[..., None], self: Marker, now: float) -> None:
    """A marker that was not told when the device died waits for the next message before it is told."""
    if self.lags and not self._debounce._latest:
        forgets_at_its_start_what_it_had_to_tell.ran()
    else:
        original(self, now)


@breaks(RelayRooms, "__init__")
def forgets_markers_at_its_start(original: Callable[..., None], self: RelayRooms, snapshot: Snapshot) -> None:
    """The relay has the members and the log of a room when it starts again, and nobody's read marker."""
    original(self, snapshot)
    for room in self._rooms.values():
        if room.markers:
            forgets_markers_at_its_start.ran()
            room.markers.clear()

"""Bugs of membership: who joins later is not told all, or is forgotten; who left is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from syncproof_defects import breaks
from syncproof_products.bundled.core.receiving import Receiver
from syncproof_products.bundled.core.relay.actions import Change, Commit, MemberRemoved, MembersAdded
from syncproof_products.bundled.core.relay.rooms import Room, Rooms
from syncproof_products.bundled.core.room import Room as DeviceRoom
from syncproof_products.bundled.relay.writer import Writer


@breaks(Receiver, "head_seen")
def shows_new_members_no_past(
    original: Callable[..., None], self: Receiver, room: DeviceRoom, head: int, reason: str
) -> None:
    """A device begins a group where its log stands when it first hears of it."""
    if room.name not in shows_new_members_no_past.state:
        shows_new_members_no_past.state[room.name] = None
        if head and not room.cursor.seq:
            shows_new_members_no_past.ran()
            room.cursor.seq = head
    original(self, room, head, reason)


@breaks(Writer, "_apply_commit")
def forgets_who_joins_later(original: Callable[..., int], self: Writer, commit: Commit) -> int:
    """A relay that starts again knows only those who were in a room when it was made."""
    kept = [change for change in commit.changes if not _joins_later(self, change)]
    if len(kept) < len(commit.changes):
        forgets_who_joins_later.ran()
    return original(self, replace(commit, changes=tuple(kept)))


def _joins_later(writer: Writer, change: Change) -> bool:
    if not isinstance(change, MembersAdded):
        return False
    known = writer._connection.execute("SELECT 1 FROM rooms WHERE room = ?", (change.room,)).fetchone()
    return known is not None


@breaks(Rooms, "apply")
def goes_on_telling_who_left(original: Callable[..., Room], self: Rooms, change: Change) -> Room:
    """A relay goes on sending live events to a device that has left the room."""
    room = original(self, change)
    if isinstance(change, MemberRemoved):
        goes_on_telling_who_left.ran()
        room.members[change.device] = None
    return room


@breaks(Writer, "_apply_commit")
def takes_back_who_left(original: Callable[..., int], self: Writer, commit: Commit) -> int:
    """That a device has left a room is in the relay's memory alone: when it starts again, the device is in."""
    kept = [change for change in commit.changes if not isinstance(change, MemberRemoved)]
    if len(kept) < len(commit.changes):
        takes_back_who_left.ran()
    return original(self, replace(commit, changes=tuple(kept)))

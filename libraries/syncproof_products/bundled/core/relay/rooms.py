"""The rooms of a relay: what is committed, and what has been handed to a commit on top of it."""

from __future__ import annotations

from syncproof_products.bundled.core.relay.actions import (
    Change,
    EventAppended,
    MarkerMoved,
    MemberRemoved,
    MembersAdded,
)
from syncproof_products.bundled.core.relay.snapshot import Snapshot


class Room:
    """One room. Dictionaries stand in for ordered sets: members keep the order in which they came.

    head, members, markers: as committed. assigned: the last position given away, at least `head`. joining and
    moving: members and markers handed to a commit. exists: whether the room's own creation is committed.
    """

    __slots__ = ("assigned", "exists", "head", "joining", "markers", "members", "moving", "name")

    def __init__(self, name: str, members: tuple[str, ...] = (), head: int = 0, *, exists: bool) -> None:
        self.name = name
        self.exists = exists
        self.head = head
        self.assigned = head
        self.members: dict[str, None] = dict.fromkeys(members)
        self.joining: dict[str, None] = {}
        self.markers: dict[str, int] = {}
        self.moving: dict[str, int] = {}

    def forget_uncommitted(self) -> None:
        """Go back to what is committed: the commits under way have failed."""
        self.assigned = self.head
        self.joining.clear()
        self.moving.clear()


class Rooms:
    """All rooms, and which of them a device is a member of."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._rooms: dict[str, Room] = {}
        self._rooms_of: dict[str, dict[str, Room]] = {}
        for state in snapshot.rooms:
            room = Room(state.room, state.members, state.head, exists=True)
            room.markers.update(state.markers)
            self._rooms[state.room] = room
            for member in state.members:
                self._rooms_of.setdefault(member, {})[state.room] = room

    def existing(self, name: str) -> Room | None:
        """The room of that name, if its creation is committed."""
        room = self._rooms.get(name)
        return room if room is not None and room.exists else None

    def opened(self, name: str) -> Room:
        """The room of that name; one that does not exist yet is made, to exist once it is committed."""
        room = self._rooms.get(name)
        if room is None:
            room = self._rooms[name] = Room(name, exists=False)
        return room

    def heads(self, device: str) -> dict[str, int]:
        """The committed head of every room that the device is a member of."""
        return {name: room.head for name, room in self._rooms_of.get(device, {}).items()}

    def apply(self, change: Change) -> Room:
        """Take over a committed change; returns the room that it changed."""
        room = self._rooms[change.room]
        match change:
            case EventAppended():
                room.head = change.event.seq
            case MembersAdded():
                room.exists = True
                for member in change.members:
                    room.members[member] = None
                    room.joining.pop(member, None)
                    self._rooms_of.setdefault(member, {})[room.name] = room
            case MemberRemoved():
                room.members.pop(change.device, None)
                self._rooms_of.get(change.device, {}).pop(room.name, None)
            case MarkerMoved():
                room.markers[change.device] = max(change.seq, room.markers.get(change.device, 0))
                if room.moving.get(change.device, 0) <= change.seq:
                    room.moving.pop(change.device, None)
        return room

    def revert(self, change: Change) -> None:
        """Forget what was handed to a commit that failed, and everything after it."""
        room = self._rooms.get(change.room)
        if room is None:
            return
        room.forget_uncommitted()
        if not room.exists:
            del self._rooms[change.room]

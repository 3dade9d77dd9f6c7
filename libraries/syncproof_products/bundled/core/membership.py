"""The groups of a device: asked for here, or told by the relay that we are in."""

from __future__ import annotations

from functools import partial

from syncproof_products.bundled.core.actions import Accepted, Rejected
from syncproof_products.bundled.core.events import GroupLeft, GroupSet
from syncproof_products.bundled.core.exchanges import Exchanges, Flight
from syncproof_products.bundled.core.journal import Journal
from syncproof_products.bundled.core.receiving import Receiver
from syncproof_products.bundled.core.records import GroupState, GroupStored
from syncproof_products.bundled.core.room import Room, Rooms
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Answer, LeaveRoom, OpenRoom, Refused, RoomInfo


class Membership:
    """Opens rooms at the relay, and joins those that others opened with us in them."""

    def __init__(
        self, settings: Settings, rooms: Rooms, journal: Journal, exchanges: Exchanges, receiver: Receiver
    ) -> None:
        self._settings = settings
        self._rooms = rooms
        self._journal = journal
        self._exchanges = exchanges
        self._receiver = receiver

    def set_group(self, wish: GroupSet) -> None:
        """The application wants a group."""
        room = self._rooms.get(wish.group)
        if room is None:
            room = self._add(wish.group)
        room.members = tuple(dict.fromkeys((*room.members, *wish.members)))
        room.open_needed, room.left = True, False

        def stored(turn: Turn) -> None:
            turn.do(Accepted(wish.ticket))

        def not_stored(turn: Turn, reason: str) -> bool:
            turn.do(Rejected(wish.ticket, "storage_failed", f"the group is not stored yet: {reason}"))
            return True

        self._journal.stage((GroupStored(room.name, room.members, joined=False),), stored, not_stored)

    def leave(self, turn: Turn, wish: GroupLeft) -> None:
        """The application wants to be out of a group: asked for now or not at all."""
        room = self._rooms.get(wish.group)
        key = f"group:{wish.group}"
        if room is None or room.left:
            turn.do(Rejected(wish.ticket, "unknown_group", f"there is no group {wish.group} on this device"))
        elif not self._exchanges.may(turn.now, key):
            turn.do(
                Rejected(wish.ticket, "offline", f"the relay cannot be asked now to let go of {room.name}")
            )
        else:
            flight = Flight(
                "group",
                key,
                partial(self._left, room, wish.ticket),
                partial(self._still_in, key, wish.ticket),
            )
            self._exchanges.call(turn, flight, LeaveRoom(room.name))

    def heads(self, heads: dict[str, int], reason: str) -> None:
        """The relay says which groups we are in, and how far their logs go."""
        for name, head in heads.items():
            room = self.member_of(name, head)
            if room is not None:
                self._receiver.head_seen(room, head, reason)

    def member_of(self, name: str, head: int) -> Room | None:
        """A room that the relay counts us in, or it would not speak of it; None where it spoke before we left."""
        room = self._rooms.get(name) or self._add(name)
        if room.left:
            if head <= room.left_at:
                return None
            room.left = False
        if not room.joined:
            room.joined = True
            stored = GroupStored(name, room.members, joined=not room.open_needed)
            self._journal.stage((stored,), partial(_joined, name))
        return room

    def pump(self, turn: Turn) -> None:
        """Ask the relay for the rooms that need it."""
        for room in self._rooms.values():
            if room.open_needed:
                key = f"group:{room.name}"
                if self._exchanges.may(turn.now, key):
                    # Wishes from here on are asked for again.
                    room.open_needed = False
                    flight = Flight(
                        "group", key, partial(self._opened, room, key), partial(self._not_opened, room)
                    )
                    self._exchanges.call(turn, flight, OpenRoom(room.name, room.members))

    def _add(self, name: str) -> Room:
        room = self._rooms[name] = Room(self._settings, GroupState(name))
        room.open_needed = False
        return room

    def _opened(self, room: Room, key: str, turn: Turn, answer: Answer | None) -> None:
        if not isinstance(answer, RoomInfo):
            room.open_needed = True
            reason = answer.code if isinstance(answer, Refused) else "malformed"
            self._exchanges.schedule(turn, "group", key, reason, by_link=False)
            turn.observe("group", group=room.name, state="refused")
            return
        room.joined = True
        room.members = tuple(dict.fromkeys((*answer.members, *room.members)))
        stored = GroupStored(room.name, room.members, joined=not room.open_needed)
        self._journal.stage((stored,), partial(_joined, room.name))
        self._receiver.head_seen(room, answer.head, "joined")

    def _left(self, room: Room, ticket: int, turn: Turn, answer: Answer | None) -> None:
        if not isinstance(answer, RoomInfo) and not (isinstance(answer, Refused) and answer.status == 404):
            self._still_in(
                f"group:{room.name}",
                ticket,
                turn,
                answer.code if isinstance(answer, Refused) else "malformed",
            )
            return
        room.left, room.joined, room.open_needed = True, False, False
        room.left_at = answer.head if isinstance(answer, RoomInfo) else 0
        self._receiver.give_up(turn, room)

        def stored(turn: Turn) -> None:
            turn.observe("group", group=room.name, state="left")
            turn.do(Accepted(ticket))

        self._journal.stage((GroupStored(room.name, room.members, joined=False, left=True),), stored)

    def _still_in(self, key: str, ticket: int, turn: Turn, reason: str | None) -> None:
        self._exchanges.retries.succeeded(key)  # nobody asks again by himself
        turn.do(Rejected(ticket, "offline", f"the relay did not let go of the group: {reason}"))

    def _not_opened(self, room: Room, turn: Turn, reason: str | None) -> None:
        del turn, reason
        room.open_needed = True


def _joined(name: str, turn: Turn) -> None:
    turn.observe("group", group=name, state="joined")

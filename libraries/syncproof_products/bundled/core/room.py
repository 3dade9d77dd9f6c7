"""What a device knows of one group."""

from __future__ import annotations

from syncproof_products.bundled.core.catchup import CatchUp
from syncproof_products.bundled.core.cursor import Cursor, Hold
from syncproof_products.bundled.core.marker import Marker
from syncproof_products.bundled.core.records import GroupState
from syncproof_products.bundled.core.settings import Settings


class Room:
    """A group. joined: the relay has it and we are in. open_needed: the relay is to be asked for it (again).

    left: we went out of it, when its head was `left_at`: nothing up to there tells that we are in again.

    head: the last position that is known to exist. catchup: the catch-up that is wanted or runs.
    """

    __slots__ = (
        "catchup",
        "cursor",
        "head",
        "hold",
        "joined",
        "left",
        "left_at",
        "marker",
        "members",
        "name",
        "open_needed",
    )

    def __init__(self, settings: Settings, state: GroupState) -> None:
        self.name = state.group
        self.members = state.members
        self.joined = state.joined
        self.left = state.left
        self.left_at = 0
        self.open_needed = not (state.joined or state.left)
        self.cursor = Cursor(state.cursor)
        self.head = state.cursor
        self.hold = Hold(settings.hold_limit, settings.hold_bytes)
        self.catchup: CatchUp | None = None
        self.marker = Marker(settings, state)

    def leave_out(self) -> None:
        """The relay says that there is no such room, or that we are not in it: ask for it before anything else."""
        self.joined = False
        self.open_needed = not self.left


Rooms = dict[str, Room]

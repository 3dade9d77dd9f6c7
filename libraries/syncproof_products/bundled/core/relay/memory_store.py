"""A storage for a relay core in memory: what a simulation uses in the place of the relay's database."""

from __future__ import annotations

from syncproof_products.bundled.core.relay.actions import (
    Commit,
    EventAppended,
    LookUp,
    MarkerMoved,
    MemberRemoved,
    MembersAdded,
    ReadPage,
    StorageAction,
)
from syncproof_products.bundled.core.relay.admission import event_size
from syncproof_products.bundled.core.relay.events import CommitFailed, Committed, LookedUp, PageRead, Placed
from syncproof_products.bundled.core.relay.snapshot import RoomState, Snapshot
from syncproof_products.bundled.core.wire import Event


class MemoryStore:
    """Committed rooms. It outlives a relay core: after a crash, give a new core its `snapshot()`."""

    def __init__(self) -> None:
        self._logs: dict[str, list[Event]] = {}
        self._members: dict[str, dict[str, None]] = {}
        self._markers: dict[str, dict[str, int]] = {}
        self._places: dict[tuple[str, str], Placed] = {}
        self._last_batch = 0

    def snapshot(self) -> Snapshot:
        """What a new core starts from. The batches of the new core are numbered from 1 again."""
        self._last_batch = 0
        return Snapshot(
            tuple(
                [
                    RoomState(room, tuple(members), len(self._logs[room]), tuple(self._markers[room].items()))
                    for room, members in self._members.items()
                ]
            )
        )

    def log(self, room: str) -> tuple[Event, ...]:
        """Every committed event of a room, in order."""
        return tuple(self._logs.get(room, ()))

    def execute(self, action: StorageAction) -> LookedUp | PageRead | Committed | CommitFailed:
        """Do what the action says and return the event that answers it."""
        match action:
            case LookUp():
                found = {}
                for op_id in action.op_ids:
                    placed = self._places.get((action.author, op_id))
                    if placed is not None:
                        found[op_id] = placed
                return LookedUp(action.request_id, found)
            case ReadPage():
                return PageRead(action.request_id, self._page(action))
            case Commit():
                return self._commit(action)

    def _page(self, action: ReadPage) -> tuple[Event, ...]:
        page: list[Event] = []
        size = 0
        for event in self._logs[action.room][action.after : min(action.upto, action.after + action.limit)]:
            page.append(event)
            size += event_size(event.draft)
            if size >= action.max_bytes:
                break
        return tuple(page)

    def _commit(self, action: Commit) -> Committed | CommitFailed:
        if action.previous != self._last_batch:
            return CommitFailed(
                action.batch_id, f"expected to follow batch {self._last_batch}, not {action.previous}"
            )
        self._last_batch = action.batch_id
        for change in action.changes:
            match change:
                case MembersAdded():
                    self._logs.setdefault(change.room, [])
                    self._markers.setdefault(change.room, {})
                    self._members.setdefault(change.room, {}).update(dict.fromkeys(change.members))
                case MemberRemoved():
                    self._members[change.room].pop(change.device, None)
                case EventAppended():
                    log = self._logs[change.room]
                    if change.event.seq != len(log) + 1:
                        raise ValueError(f"expected position {len(log) + 1}, seen {change.event.seq}")
                    log.append(change.event)
                    key = (change.event.author, change.event.draft.op_id)
                    self._places[key] = Placed(change.room, change.event)
                case MarkerMoved():
                    self._markers[change.room][change.device] = change.seq
        return Committed(action.batch_id)

"""A device's storage in memory: what survives a crash of the device."""

from __future__ import annotations

from dataclasses import dataclass

from syncproof_products.bundled.core.records import (
    Awaiting,
    AwaitingEnded,
    AwaitingStored,
    Change,
    CursorMoved,
    Delivered,
    EntryState,
    EntryStored,
    GroupState,
    GroupStored,
    IntentStored,
    MarkerMoved,
    OpAcked,
    OpFailed,
    OpStored,
    OutboxOp,
    Quarantined,
    Snapshot,
    Uploaded,
)


@dataclass(slots=True)
class _Group:
    members: tuple[str, ...]
    joined: bool
    cursor: int = 0
    local: tuple[int, int] = (0, 0)
    remote: tuple[int, int] = (0, 0)
    left: bool = False


class DeviceStore:
    """Committed state of a device. commits: every batch as it was applied, for whoever checks."""

    def __init__(self) -> None:
        self.deliveries: list[Delivered] = []
        self.quarantined: list[Quarantined] = []
        self.commits: list[tuple[Change, ...]] = []
        self.ops: dict[str, OpStored] = {}
        self.acked: dict[str, int] = {}
        self.failed: dict[str, str] = {}
        self._groups: dict[str, _Group] = {}
        self._outbox: dict[str, OutboxOp] = {}
        self._entries: dict[tuple[str, str], EntryState] = {}
        self._awaiting: dict[tuple[str, int], Awaiting] = {}
        self._uploaded: dict[str, None] = {}
        self._connected = False

    def snapshot(self) -> Snapshot:
        """What a device starts from."""
        return Snapshot(
            deliveries=len(self.deliveries),
            connected=self._connected,
            groups=tuple([_state(name, group) for name, group in self._groups.items()]),
            outbox=tuple(self._outbox.values()),
            entries=tuple(self._entries.values()),
            awaiting=tuple(self._awaiting.values()),
            uploaded=tuple(self._uploaded),
        )

    def apply(self, changes: tuple[Change, ...]) -> None:
        """Make a commit durable. Raises ValueError where a delivery's number is not the next one."""
        self.commits.append(changes)
        for change in changes:
            self._apply(change)

    def _apply(self, change: Change) -> None:
        match change:
            case Delivered():
                if change.n != len(self.deliveries) + 1:
                    raise ValueError(f"expected delivery {len(self.deliveries) + 1}, seen {change.n}")
                self.deliveries.append(change)
            case Quarantined():
                self.quarantined.append(change)
            case CursorMoved():
                self._groups[change.group].cursor = change.seq
            case MarkerMoved(scope="local"):
                self._groups[change.group].local = (change.seq, change.n)
            case MarkerMoved():
                self._groups[change.group].remote = (change.seq, change.n)
            case OpStored():
                self.ops[change.op.op_id] = change
                self._outbox[change.op.op_id] = OutboxOp(change.op, change.clock, change.seen, change.sealed)
            case OpAcked():
                self.acked.setdefault(change.op_id, change.seq)
                self._outbox.pop(change.op_id, None)
            case OpFailed():
                self.failed[change.op_id] = change.code
                self._outbox.pop(change.op_id, None)
            case GroupStored():
                group = self._groups.setdefault(change.group, _Group((), joined=False))
                group.members, group.joined, group.left = change.members, change.joined, change.left
            case EntryStored():
                state = EntryState(change.group, change.entry, change.siblings, change.context)
                self._entries[(change.group, change.entry)] = state
            case AwaitingStored():
                self._awaiting[(change.awaiting.group, change.awaiting.seq)] = change.awaiting
            case AwaitingEnded():
                self._awaiting.pop((change.group, change.seq), None)
            case Uploaded():
                self._uploaded[change.digest] = None
            case IntentStored():
                self._connected = change.connected


def _state(name: str, group: _Group) -> GroupState:
    return GroupState(
        name, group.members, group.joined, group.cursor, *group.local, *group.remote, group.left
    )

"""Operations on their way to the relay: bounded, in order, pending until acknowledged."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from syncproof_products.bundled.core.records import Op, OutboxOp, Sealed
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.stored_blob import StoredBlob, stored
from syncproof_products.bundled.core.wire import Clock, Draft


@dataclass(slots=True)
class Pending:
    """An operation in the outbox. committed: it is durable here, so that it may be pushed. sealed: as in `OpStored`."""

    op: Op
    clock: Clock
    seen: int
    committed: bool = False
    sealed: Sealed | None = None
    body_bytes: int = field(init=False)
    """Of the body as it is pushed."""
    blobs: tuple[StoredBlob, ...] = field(init=False)
    """Its attachments, with what the relay gets of them."""

    def __post_init__(self) -> None:
        self.body_bytes = len(self._body.encode())
        self.blobs = tuple(map(stored, self.op.blobs)) if self.sealed is None else self.sealed.blobs

    def draft(self) -> Draft:
        """The operation as it is pushed."""
        op = self.op
        blobs = tuple([blob.at_relay for blob in self.blobs])
        return Draft(op.op_id, op.kind, self._body, op.entry, op.base, self.clock, blobs)

    @property
    def _body(self) -> str:
        return self.op.body if self.sealed is None else self.sealed.body


class Outbox:
    """All pending operations, in the order in which they were taken; pushed group by group."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pending: dict[str, Pending] = {}
        self._groups: dict[str, OrderedDict[str, Pending]] = {}
        self._last_of_entry: dict[tuple[str, str], Pending] = {}
        self._alone: dict[str, int] = {}
        self._bytes = 0
        self._with_blobs = 0

    def __len__(self) -> int:
        return len(self._pending)

    def restore(self, row: OutboxOp) -> None:
        """Take over an operation that the storage holds."""
        self._insert(Pending(row.op, row.clock, row.seen, committed=True, sealed=row.sealed))

    def find(self, op_id: str) -> Pending | None:
        """The pending operation of that id."""
        return self._pending.get(op_id)

    def has_room(self, body_bytes: int) -> bool:
        """Whether one more operation fits. body_bytes: of its body, as it is pushed."""
        settings = self._settings
        return (
            len(self._pending) < settings.outbox_limit and self._bytes + body_bytes <= settings.outbox_bytes
        )

    def add(self, op: Op, clock: Clock, seen: int, sealed: Sealed | None = None) -> Pending:
        """Put a new operation last."""
        pending = Pending(op, clock, seen, sealed=sealed)
        self._insert(pending)
        return pending

    def remove(self, op_id: str) -> Pending | None:
        """Take an operation out: the relay has it, or will never take it. None if it is not here (any more)."""
        pending = self._pending.pop(op_id, None)
        if pending is None:
            return None
        op = pending.op
        del self._groups[op.group][op_id]
        self._bytes -= pending.body_bytes
        self._with_blobs -= bool(pending.blobs)
        if op.entry is not None and self._last_of_entry.get((op.group, op.entry)) is pending:
            del self._last_of_entry[(op.group, op.entry)]
        return pending

    def last_clock(self, group: str, entry: str) -> Clock | None:
        """The clock of the last pending write to an entry."""
        pending = self._last_of_entry.get((group, entry))
        return pending.clock if pending else None

    @property
    def has_blobs(self) -> bool:
        """Whether any pending operation has attachments."""
        return self._with_blobs > 0

    def waits(self, group: str) -> bool:
        """Whether the group has pending operations."""
        return bool(self._groups.get(group))

    def head(self, group: str) -> Iterator[Pending]:
        """The first operations of a group, as many as one push may take."""
        left = self._settings.push_bytes
        for place, pending in enumerate(self._groups.get(group, _NONE).values()):
            left -= pending.body_bytes
            if place and (place >= self._settings.push_batch or left < 0):
                return
            yield pending

    def batch(self, group: str, uploaded: dict[str, None]) -> list[Pending]:
        """What to push next: durable operations from the first on, up to one whose attachments are not there yet."""
        batch: list[Pending] = []
        for pending in self.head(group):
            if not pending.committed or any(blob.address not in uploaded for blob in pending.blobs):
                break
            batch.append(pending)
            if self._alone.get(group):
                break
        return batch

    def split(self, group: str, size: int) -> None:
        """The relay refused a batch of this size: push these operations one by one, to find the one it dislikes."""
        self._alone[group] = size

    def pushed_alone(self, group: str) -> None:
        """One of the operations that are pushed one by one is through."""
        if self._alone.get(group):
            self._alone[group] -= 1

    def needing(self, address: str) -> list[Pending]:
        """The operations that have this attachment."""
        return [p for p in self._pending.values() if any(blob.address == address for blob in p.blobs)]

    def _insert(self, pending: Pending) -> None:
        op = pending.op
        self._pending[op.op_id] = pending
        self._groups.setdefault(op.group, OrderedDict())[op.op_id] = pending
        self._bytes += pending.body_bytes
        self._with_blobs += bool(pending.blobs)
        if op.entry is not None and op.kind != "append":
            self._last_of_entry[(op.group, op.entry)] = pending


_NONE: OrderedDict[str, Pending] = OrderedDict()

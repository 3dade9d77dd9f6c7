"""What a device keeps: the values its storage holds, the changes a commit makes to them, and what it starts from.

Positions (`seq`, cursors, markers) count the events of one group's log from 1; 0 is before the first. `n`
numbers the device's delivery log, over all groups, from 1. The version of an event is `str(seq)`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from syncproof_products.bundled.core.stored_blob import StoredBlob
from syncproof_products.bundled.core.wire import BlobRef, Clock, Event

Path = Literal["live", "catchup", "backfill"]
Scope = Literal["local", "remote"]


@dataclass(frozen=True, slots=True)
class Op:
    """An operation as the application hands it in. base: versions that a put, delete or resolve builds on."""

    op_id: str
    group: str
    kind: str
    body: str
    entry: str | None = None
    base: tuple[str, ...] = ()
    blobs: tuple[BlobRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Sealed:
    """An operation of an encrypted group as it is pushed: its body, and what the relay gets of its attachments."""

    body: str
    blobs: tuple[StoredBlob, ...] = ()


@dataclass(frozen=True, slots=True)
class Sibling:
    """One version of an entry that no other version known here supersedes.

    digest: sha256 (hex) of the body. content: fingerprint of what the body says apart from its own op_id,
    and of its attachments; two siblings with the same fingerprint are no conflict.
    """

    version: str
    author: str
    clock: Clock
    deleted: bool
    digest: str
    content: str


# ---- changes: a Commit is a tuple of these, made durable all or none, in their order
# (not frozen for the reason given in `actions`; nothing changes them once they are made)


@dataclass(slots=True)
class OpStored:
    """A new operation: state accepted, last in the outbox. seen: length of the delivery log when it was taken.

    sealed: as it is pushed, where the group is encrypted.
    """

    op: Op
    clock: Clock
    seen: int
    sealed: Sealed | None = None


@dataclass(slots=True)
class OpAcked:
    """The relay has the operation at `seq`: state acked, no longer in the outbox. Repeats change nothing."""

    op_id: str
    seq: int


@dataclass(slots=True)
class OpFailed:
    """The relay refused the operation for good: state failed, no longer in the outbox."""

    op_id: str
    code: str
    message: str


@dataclass(slots=True)
class Delivered:
    """Entry n of the delivery log. event.draft.body is what the application gets."""

    n: int
    group: str
    event: Event
    path: Path


@dataclass(slots=True)
class Quarantined:
    """An event that cannot be read, in its place of the group's log. reason: for people."""

    group: str
    event: Event
    reason: str


@dataclass(slots=True)
class CursorMoved:
    """Every event of the group up to `seq` is in the delivery log. Always in the commit of the deliveries."""

    group: str
    seq: int


@dataclass(slots=True)
class MarkerMoved:
    """The read marker moved: here (local) or as the relay confirmed it (remote). n: what it stands for here."""

    group: str
    scope: Scope
    seq: int
    n: int


@dataclass(slots=True)
class GroupStored:
    """The group exists here. joined: the relay has confirmed it. left: we went out. Replaces what was stored before."""

    group: str
    members: tuple[str, ...]
    joined: bool
    left: bool = False


@dataclass(slots=True)
class EntryStored:
    """The state of an entry, replacing the one before. siblings: the maximal versions, in their order.

    context: the merged clock of every version ever seen, superseded ones included.
    """

    group: str
    entry: str
    siblings: tuple[Sibling, ...]
    context: Clock


@dataclass(slots=True)
class Awaiting:
    """A delivered event that waits for attachments. sibling: the version to apply to its entry when they came.

    entry and sibling are None for an event that is about no entry. is_body: it is not delivered yet, and waits for its
    body; nothing of that is stored.
    """

    group: str
    seq: int
    blobs: tuple[StoredBlob, ...]
    entry: str | None = None
    sibling: Sibling | None = None
    is_body: bool = False


@dataclass(slots=True)
class AwaitingStored:
    """An event begins to wait for attachments."""

    awaiting: Awaiting


@dataclass(slots=True)
class AwaitingEnded:
    """All attachments of the event are here."""

    group: str
    seq: int


@dataclass(slots=True)
class Uploaded:
    """The relay has this attachment of an operation in the outbox. digest: its address there."""

    digest: str


@dataclass(slots=True)
class IntentStored:
    """Whether the device is meant to be connected."""

    connected: bool


Change = (
    OpStored
    | OpAcked
    | OpFailed
    | Delivered
    | Quarantined
    | CursorMoved
    | MarkerMoved
    | GroupStored
    | EntryStored
    | AwaitingStored
    | AwaitingEnded
    | Uploaded
    | IntentStored
)


# ---- snapshot: what the storage holds when the device starts


@dataclass(frozen=True, slots=True)
class GroupState:
    """A group as committed: cursor, and both markers as positions with the n they stand for."""

    group: str
    members: tuple[str, ...] = ()
    joined: bool = False
    cursor: int = 0
    local_seq: int = 0
    local_n: int = 0
    remote_seq: int = 0
    remote_n: int = 0
    left: bool = False


@dataclass(frozen=True, slots=True)
class OutboxOp:
    """An accepted operation that is neither acked nor failed. sealed: as in `OpStored`."""

    op: Op
    clock: Clock
    seen: int
    sealed: Sealed | None = None


@dataclass(frozen=True, slots=True)
class EntryState:
    """An entry as the last `EntryStored` left it."""

    group: str
    entry: str
    siblings: tuple[Sibling, ...]
    context: Clock


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a device needs to know of its storage; the delivery log itself stays there.

    deliveries: length of the delivery log. outbox: in the order of `OpStored`. uploaded: addresses of
    `Uploaded` that operations in the outbox refer to. partials: bytes of downloads that were interrupted,
    by address.
    """

    deliveries: int = 0
    connected: bool = False
    groups: tuple[GroupState, ...] = ()
    outbox: tuple[OutboxOp, ...] = ()
    entries: tuple[EntryState, ...] = ()
    awaiting: tuple[Awaiting, ...] = ()
    uploaded: tuple[str, ...] = ()
    partials: dict[str, int] = field(default_factory=dict)

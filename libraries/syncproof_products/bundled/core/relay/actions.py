"""What a relay wants done: the actions that `Relay.step` returns, to be executed in order."""

from __future__ import annotations

from dataclasses import dataclass

from syncproof_products.bundled.core.wire import Answer, Event, Frame


@dataclass(frozen=True, slots=True)
class Answered:
    """Give this answer to the call of that id. What it promises is durable."""

    request_id: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class SendFrame:
    """Queue a frame on a live stream, behind those queued before; `FramesSent` reports that it left."""

    stream_id: int
    frame: Frame


@dataclass(frozen=True, slots=True)
class CloseStream:
    """End a live stream and forget what is still queued on it. The core has already forgotten it."""

    stream_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class LookUp:
    """Find the committed events of `author` with these op_ids; answer with `LookedUp`."""

    request_id: int
    author: str
    op_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadPage:
    """Read committed events with after < seq <= upto; answer with `PageRead`.

    At most `limit` events, and no further event once the page holds `max_bytes` or more, but at least one.
    """

    request_id: int
    room: str
    after: int
    upto: int
    limit: int
    max_bytes: int


@dataclass(frozen=True, slots=True)
class MembersAdded:
    """Create the room where it does not exist, and add these members, in this order."""

    room: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MemberRemoved:
    """Take this member out of the room, whose log stays."""

    room: str
    device: str


@dataclass(frozen=True, slots=True)
class EventAppended:
    """Append the event to the room's log; its seq is the next one."""

    room: str
    event: Event


@dataclass(frozen=True, slots=True)
class MarkerMoved:
    """Set a member's read marker."""

    room: str
    device: str
    seq: int


Change = MembersAdded | MemberRemoved | EventAppended | MarkerMoved


@dataclass(frozen=True, slots=True)
class Commit:
    """Make these changes durable, all or none; answer with `Committed` or `CommitFailed`.

    previous: the batch that must be the one committed last (0: none since the snapshot). A batch that follows
    a failed one names a batch that was never committed; refusing it keeps the positions of a room dense.
    """

    batch_id: int
    previous: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Wake:
    """Send a `Tick` at or after this time, in seconds of the clock given to `step`. Replaces the last one."""

    at: float


StorageAction = LookUp | ReadPage | Commit
RelayAction = Answered | SendFrame | CloseStream | LookUp | ReadPage | Commit | Wake

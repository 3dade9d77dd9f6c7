"""What happens to a relay: the events that `Relay.step` takes.

Request ids, stream ids and batch ids are opaque numbers. The edge chooses request and stream ids and never
uses one twice in the life of a core.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from syncproof_products.bundled.core.wire import Call, Event


@dataclass(frozen=True, slots=True)
class CallReceived:
    """An authenticated device asks for something; one `Answered` with the same id will follow."""

    request_id: int
    device: str
    call: Call


@dataclass(frozen=True, slots=True)
class ExportWanted:
    """The operator reads a page of any room; one `Answered` with the same id will follow."""

    request_id: int
    room: str
    after: int
    limit: int


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A device opened a live stream. The first frame sent to it will be `Hello`."""

    stream_id: int
    device: str


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """A live stream ended. Also sent after a `CloseStream`; for a stream unknown by then it does nothing."""

    stream_id: int


@dataclass(frozen=True, slots=True)
class FramesSent:
    """The oldest `count` frames of a stream left the edge's queue: the link took them.

    Without this report a stream counts as stuck: the relay holds back events when its queue is full.
    """

    stream_id: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class Placed:
    """An event as it stands in a log, with the room that holds it."""

    room: str
    event: Event


@dataclass(frozen=True, slots=True)
class LookedUp:
    """Answer to `LookUp`: the committed events by their op_id; those that are not stored are absent."""

    request_id: int
    found: Mapping[str, Placed]


@dataclass(frozen=True, slots=True)
class PageRead:
    """Answer to `ReadPage`: committed events, dense from `after` + 1."""

    request_id: int
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class ReadFailed:
    """Answer to `LookUp` or `ReadPage`: the storage could not be read. reason is for people."""

    request_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Committed:
    """The batch is durable: it survives the end of the process and the loss of power."""

    batch_id: int


@dataclass(frozen=True, slots=True)
class CommitFailed:
    """Nothing of the batch is stored. reason is for people."""

    batch_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed: sent at or after the time of the last `Wake`. An early tick does nothing."""


RelayEvent = (
    CallReceived
    | ExportWanted
    | Subscribed
    | Unsubscribed
    | FramesSent
    | LookedUp
    | PageRead
    | ReadFailed
    | Committed
    | CommitFailed
    | Tick
)

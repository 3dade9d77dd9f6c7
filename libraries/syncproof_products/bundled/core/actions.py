"""What a device wants done: the actions that `Device.step` returns, to be executed in order.

Exchange and transfer ids are one series; an id is never used twice in the life of a core. Executing means
to start: the edge does not wait for an answer before it goes on to the next action.

Nothing changes an action once it is made. They are not frozen all the same: making a frozen dataclass takes
several times as long, and making these is a good part of what a step costs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from syncproof_products.bundled.core.records import Change
from syncproof_products.bundled.core.stored_blob import StoredBlob
from syncproof_products.bundled.core.wire import Call


@dataclass(slots=True)
class OpenStream:
    """Open a live stream to the relay; answered by `StreamUp` or `StreamDown`. There is never more than one."""

    stream: int


@dataclass(slots=True)
class CloseStream:
    """End the stream (or the attempt to open it) at once. The core has forgotten it."""

    stream: int
    reason: str


@dataclass(slots=True)
class Ping:
    """Have the other end of the stream answer at once; answered by `Ponged`, unless the stream ends before."""

    stream: int
    number: int


@dataclass(slots=True)
class Exchange:
    """Ask the relay; answered by `Answered` or `ExchangeFailed`, also where the link falls silent."""

    exchange: int
    call: Call


@dataclass(slots=True)
class UploadBlob:
    """Bring an attachment to the relay; answered by `BlobDone` or `BlobFailed`."""

    exchange: int
    digest: str
    size: int


@dataclass(slots=True)
class AskUpload:
    """Ask how much the relay holds of an attachment; answered by `UploadHeld` or `BlobFailed`."""

    exchange: int
    digest: str


@dataclass(slots=True)
class UploadPart:
    """Bring `length` bytes of an attachment, from byte `offset` on, to what the relay holds of it.

    Answered by `UploadHeld` or `BlobFailed`. size: of the whole.
    """

    exchange: int
    digest: str
    offset: int
    length: int
    size: int


@dataclass(slots=True)
class DownloadBlob:
    """Fetch an attachment from byte `offset` on; answered by `BlobDone` or `BlobFailed`.

    digest, size: of what the relay has. opens: the attachment that is to be made of that, where it is sealed.
    """

    exchange: int
    digest: str
    size: int
    offset: int
    opens: StoredBlob | None = None


@dataclass(slots=True)
class Cancel:
    """Give up an exchange or transfer that is under way. What a download got so far is kept. No answer is needed."""

    exchange: int


@dataclass(slots=True)
class Commit:
    """Make these changes durable, all or none, in their order; answered by `Committed` or `CommitFailed`.

    There is never more than one under way. A commit that failed is tried again under another number.
    """

    batch: int
    changes: tuple[Change, ...]


@dataclass(slots=True)
class Accepted:
    """Answer to `Submit`, `GroupSet` or `MarkerSet`: it is durable. seen and op_id: of a `Submit` only.

    seen: length of the delivery log when the operation was taken (its causal past). The version of an
    operation is not known before it has a place in the group's log.
    """

    ticket: int
    op_id: str | None = None
    seen: int = 0


@dataclass(slots=True)
class Rejected:
    """Answer to `Submit`, `GroupSet` or `MarkerSet`: it did not happen.

    code: op_conflict (the op_id has other content), unknown_group, stale_base, too_large, outbox_full,
    invalid or storage_failed. message is for people.
    """

    ticket: int
    code: str
    message: str


@dataclass(slots=True)
class Observe:
    """Something that those who watch the device may want to know: an event of the agent protocol, in its fields.

    `due_ns` of a retry is in the device's own clock (the `now` of `Device.step`, in nanoseconds): an edge
    whose clock is shifted has to shift it back.
    """

    type: str
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Wake:
    """Send a `Tick` at or after this time, in seconds of the clock given to `step`. Replaces the last one.

    A step without one leaves the last one in force.
    """

    at: float


Action = (
    OpenStream
    | CloseStream
    | Ping
    | Exchange
    | UploadBlob
    | AskUpload
    | UploadPart
    | DownloadBlob
    | Cancel
    | Commit
    | Accepted
    | Rejected
    | Observe
    | Wake
)

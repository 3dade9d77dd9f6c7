"""What happens to a device: the events that `Device.step` takes.

Stream ids, exchange ids and batch numbers are those of the action that is answered; an answer to one that
the device has closed or cancelled meanwhile is ignored. Tickets are the edge's own numbers and come back in
`Accepted` or `Rejected`.

Nothing changes an event once it is made (not frozen for the reason given in `actions`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from syncproof_products.bundled.core.records import Op, Snapshot
from syncproof_products.bundled.core.stored_blob import StoredBlob
from syncproof_products.bundled.core.wire import Answer, Clock, Frame


@dataclass(slots=True)
class Started:
    """First event of a device's life, once: what its storage holds."""

    snapshot: Snapshot


@dataclass(slots=True)
class Tick:
    """Time has passed: sent at or after the time of the last `Wake`. An early tick does no harm."""


@dataclass(slots=True)
class RelayAddressChanged:
    """Where the relay is, as host:port; None: nowhere. The core drops the stream and the exchanges under way.

    Sent after `Started` too, if an address is known.
    """

    address: str | None


@dataclass(slots=True)
class ConnectWanted:
    """The application wants the device to be connected (durable; a restart goes on wanting it)."""


@dataclass(slots=True)
class DisconnectWanted:
    """The application wants the device to be offline."""


@dataclass(slots=True)
class FocusChanged:
    """The application is in the foreground, or no longer."""

    focused: bool


@dataclass(slots=True)
class FlushWanted:
    """The application is about to be left: try at once what was to be tried later."""


@dataclass(slots=True)
class StreamUp:
    """Answer to `OpenStream`: the live stream stands; frames follow."""

    stream: int


@dataclass(slots=True)
class StreamDown:
    """The live stream could not be opened, or ended by itself. Not sent after `CloseStream`.

    reason: one word for programs (refused, unreachable, closed, timeout, malformed, register ...), and
    after a colon, where there is more to say, words for people.
    """

    stream: int
    reason: str


@dataclass(slots=True)
class StreamMoved:
    """Bytes arrived on the stream that do not make a whole frame yet: a slow link is not a dead one.

    The edge may leave it out where a frame follows at once, and need not send it more than once a second.
    """

    stream: int


@dataclass(slots=True)
class Ponged:
    """Answer to `Ping`: the other end of the stream had it."""

    stream: int
    number: int


@dataclass(slots=True)
class FrameGot:
    """A whole frame arrived."""

    stream: int
    frame: Frame


@dataclass(slots=True)
class Answered:
    """Answer to `Exchange`: what the relay said, `Refused` included."""

    exchange: int
    answer: Answer


@dataclass(slots=True)
class ExchangeFailed:
    """Answer to `Exchange`: no answer could be got (reason as in `StreamDown`). It may have taken effect."""

    exchange: int
    reason: str


@dataclass(slots=True)
class BlobMoved:
    """A transfer is at `offset` bytes; for people who watch, so as often as the edge likes (once a second, say)."""

    exchange: int
    offset: int


@dataclass(slots=True)
class BlobDone:
    """Answer to `UploadBlob` (the relay has it) or `DownloadBlob` (it is here, whole, verified and durable).

    A download of an attachment that is here already is answered with this at once.
    """

    exchange: int


@dataclass(slots=True)
class UploadHeld:
    """Answer to `AskUpload` or `UploadPart`: the relay holds the first `held` bytes, which outlast its end.

    A part that does not begin where the relay is has brought nothing, and is answered with where that is. whole: all
    of it is there, verified and durable.
    """

    exchange: int
    held: int
    whole: bool = False


@dataclass(slots=True)
class BlobFailed:
    """Answer to `UploadBlob`, `AskUpload`, `UploadPart` or `DownloadBlob`: it ended early.

    reason: as in `StreamDown`, or `missing` (the relay does not have it: 404), `expired` (it had it: 410),
    `too_large` (it will never take it: 413), `corrupt` (other bytes than the digest says; they are thrown away),
    `distrusted` (those bytes, and not what a member of the group sealed), `rejected` (any other no of the relay, in
    words after the colon) or `storage` (it could not be read or written here). All but expired, too_large and
    distrusted are tried again. offset: bytes kept, where a download can go on; 0 when corrupt.
    """

    exchange: int
    reason: str
    offset: int = 0


@dataclass(slots=True)
class Committed:
    """Answer to `Commit`: it survives the end of the process and the loss of power."""

    batch: int


@dataclass(slots=True)
class CommitFailed:
    """Answer to `Commit`: nothing of it is stored. reason is for people."""

    batch: int
    reason: str


@dataclass(slots=True)
class Submit:
    """The application hands an operation in; answered by `Accepted` or `Rejected`.

    The edge has looked its storage up first: an op_id that is stored there and no longer in the outbox
    (acked, failed) is answered by the edge, from there. What is in the outbox or under way is the core's to
    compare. base_clocks: clocks of those versions in `op.base` that the delivery log holds for this entry.
    The core asks for no more than that: a version in neither this nor the entry's siblings is refused as
    stale_base. sealed: of an operation for an encrypted group, what the edge has made of its attachments.
    """

    ticket: int
    op: Op
    base_clocks: Mapping[str, Clock] = field(default_factory=dict)
    sealed: tuple[StoredBlob, ...] = ()


@dataclass(slots=True)
class GroupSet:
    """The application wants a group with these members; answered by `Accepted`, durable then."""

    ticket: int
    group: str
    members: tuple[str, ...]


@dataclass(slots=True)
class GroupLeft:
    """The application wants to leave a group; answered by `Accepted` when the relay has taken the device out of it."""

    ticket: int
    group: str


@dataclass(slots=True)
class MarkerSet:
    """The application has read the group up to `seq`, which is delivery n; answered by `Accepted` or `Rejected`."""

    ticket: int
    group: str
    seq: int
    n: int


@dataclass(slots=True)
class VerificationWanted:
    """A person wants to verify another device; answered by `Accepted` (op_id: its id) or `Rejected`."""

    ticket: int
    peer: str


@dataclass(slots=True)
class VerificationDecided:
    """A person has compared the emoji of a verification, or gives it up; answered by `Accepted` or `Rejected`."""

    ticket: int
    number: str
    decision: Literal["match", "mismatch", "cancel"]


DeviceEvent = (
    Started
    | Tick
    | RelayAddressChanged
    | ConnectWanted
    | DisconnectWanted
    | FocusChanged
    | FlushWanted
    | StreamUp
    | StreamDown
    | StreamMoved
    | Ponged
    | FrameGot
    | Answered
    | ExchangeFailed
    | BlobMoved
    | BlobDone
    | UploadHeld
    | BlobFailed
    | Committed
    | CommitFailed
    | Submit
    | GroupSet
    | GroupLeft
    | MarkerSet
    | VerificationWanted
    | VerificationDecided
)

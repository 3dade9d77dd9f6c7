"""What a device and a relay say to each other, as plain values.

The relay's HTTP handlers and the device's HTTP client turn these into requests and replies; an in-memory link hands
them over as they are. Positions (`seq`, `head`, `after`) count the events of one room from 1; 0 is before the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Clock = dict[str, int]


@dataclass(frozen=True, slots=True)
class BlobRef:
    """An attachment: sha256 of its bytes (hex), size in bytes, the name its author gave it."""

    digest: str
    size: int
    name: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An event as its author pushes it: without a place in the room yet."""

    op_id: str
    kind: str
    body: str
    entry: str | None = None
    base: tuple[str, ...] = ()
    clock: Clock = field(default_factory=dict)
    blobs: tuple[BlobRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """An event in its place in the room's log."""

    seq: int
    author: str
    draft: Draft


@dataclass(frozen=True, slots=True)
class OpenRoom:
    """Create the room or add members to it."""

    room: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Push:
    """Append drafts to a room, all or none, each once by (author, op_id)."""

    room: str
    drafts: tuple[Draft, ...]


@dataclass(frozen=True, slots=True)
class Pull:
    """Read a page of a room behind `after`, at most `limit` events."""

    room: str
    after: int
    limit: int


@dataclass(frozen=True, slots=True)
class SetMarker:
    """Move the calling device's read marker forward to `seq`."""

    room: str
    seq: int


@dataclass(frozen=True, slots=True)
class GetMarker:
    """Ask for the calling device's read marker."""

    room: str


@dataclass(frozen=True, slots=True)
class SendMail:
    """Put a message into another device's mailbox, once by message_id; only between members of one room."""

    to: str
    message_id: str
    content: str


@dataclass(frozen=True, slots=True)
class FetchMail:
    """Read the own mailbox behind number `after`; what is not behind it is done with."""

    after: int


RoomCall = OpenRoom | Push | Pull | SetMarker | GetMarker
Call = RoomCall | SendMail | FetchMail


@dataclass(frozen=True, slots=True)
class RoomIs:
    """Answer to OpenRoom."""

    room: str
    members: tuple[str, ...]
    head: int


@dataclass(frozen=True, slots=True)
class Pushed:
    """Answer to Push: the place of every draft, in the order pushed. The events are durable."""

    accepted: tuple[tuple[str, int], ...]
    head: int


@dataclass(frozen=True, slots=True)
class Page:
    """Answer to Pull. more: events behind the last one of this page were there when it was read."""

    events: tuple[Event, ...]
    head: int
    more: bool


@dataclass(frozen=True, slots=True)
class MarkerIs:
    """Answer to SetMarker and GetMarker."""

    seq: int


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that says no: HTTP status, a code for programs, a message for people."""

    status: int
    code: str
    message: str
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class MailSent:
    """Answer to SendMail: it is in the mailbox, in memory (what it is for does not outlive a relay)."""

    number: int


@dataclass(frozen=True, slots=True)
class Mail:
    """A message in a mailbox."""

    number: int
    sender: str
    content: str


@dataclass(frozen=True, slots=True)
class Mails:
    """Answer to FetchMail, in order. last: number of the last one ever put there."""

    items: tuple[Mail, ...]
    last: int


Answer = RoomIs | Pushed | Page | MarkerIs | MailSent | Mails | Refused


@dataclass(frozen=True, slots=True)
class Hello:
    """First frame of a live stream: the head of every room the device is a member of.

    mail: number of the last message in its mailbox; 0 for none.
    """

    heads: dict[str, int]
    mail: int = 0


@dataclass(frozen=True, slots=True)
class Live:
    """A new event, as it happens. Frames may be missing; heads of a Beat tell."""

    room: str
    event: Event


@dataclass(frozen=True, slots=True)
class Beat:
    """Heartbeat with the heads of all rooms, and mail as in Hello. Also sent at once when mail comes."""

    heads: dict[str, int]
    mail: int = 0


Frame = Hello | Live | Beat

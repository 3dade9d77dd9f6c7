"""What a device and a relay say to each other, as plain values.

The relay's HTTP handlers and the device's HTTP client turn these into requests and replies; an in-memory link hands
them over as they are. Positions (`seq`, `head`, `after`) count the events of one room from 1; 0 is before the first.
"""

from __future__ import annotations

from msgspec import Struct

Clock = dict[str, int]


class BlobRef(Struct, frozen=True):
    """An attachment: sha256 of its bytes (hex), size in bytes, the name its author gave it."""

    digest: str
    size: int
    name: str


class Draft(Struct, frozen=True):
    """An event as its author pushes it: without a place in the room yet."""

    op_id: str
    kind: str
    body: str
    entry: str | None = None
    base: tuple[str, ...] = ()
    clock: Clock = {}
    blobs: tuple[BlobRef, ...] = ()


class Event(Struct, frozen=True):
    """An event in its place in the room's log."""

    seq: int
    author: str
    draft: Draft


class OpenRoom(Struct, frozen=True):
    """Create the room or add members to it."""

    room: str
    members: tuple[str, ...]


class LeaveRoom(Struct, frozen=True):
    """Take the calling device out of the room. Answered by RoomInfo, also where it was not in it."""

    room: str


class Push(Struct, frozen=True):
    """Append drafts to a room, all or none, each once by (author, op_id).

    brought: their attachments have been brought, so that the relay refuses them where it lacks one.
    """

    room: str
    drafts: tuple[Draft, ...]
    brought: bool = False


class Pull(Struct, frozen=True):
    """Read a page of a room behind `after`, at most `limit` events."""

    room: str
    after: int
    limit: int


class SetMarker(Struct, frozen=True):
    """Move the calling device's read marker forward to `seq`."""

    room: str
    seq: int


class GetMarker(Struct, frozen=True):
    """Ask for the calling device's read marker."""

    room: str


class SendMail(Struct, frozen=True):
    """Put a message into another device's mailbox, once by message_id; only between members of one room."""

    to: str
    message_id: str
    content: str


class FetchMail(Struct, frozen=True):
    """Read the own mailbox behind number `after`; what is not behind it is done with."""

    after: int


RoomCall = OpenRoom | LeaveRoom | Push | Pull | SetMarker | GetMarker
Call = RoomCall | SendMail | FetchMail


class RoomInfo(Struct, frozen=True):
    """Answer to OpenRoom and LeaveRoom."""

    room: str
    members: tuple[str, ...]
    head: int


class Pushed(Struct, frozen=True):
    """Answer to Push: the place of every draft, in the order pushed. The events are durable."""

    accepted: tuple[tuple[str, int], ...]
    head: int


class Page(Struct, frozen=True):
    """Answer to Pull. more: events behind the last one of this page were there when it was read."""

    events: tuple[Event, ...]
    head: int
    more: bool


class MarkerIs(Struct, frozen=True):
    """Answer to SetMarker and GetMarker."""

    seq: int


class Refused(Struct, frozen=True):
    """An answer that says no: HTTP status, a code for programs, a message for people."""

    status: int
    code: str
    message: str
    retry_after_s: float | None = None


class MailSent(Struct, frozen=True):
    """Answer to SendMail: it is in the mailbox, in memory (what it is for does not outlive a relay)."""

    number: int


class Mail(Struct, frozen=True):
    """A message in a mailbox."""

    number: int
    sender: str
    content: str


class MailBatch(Struct, frozen=True):
    """Answer to FetchMail, in order. last: number of the last one ever put there."""

    items: tuple[Mail, ...]
    last: int


Answer = RoomInfo | Pushed | Page | MarkerIs | MailSent | MailBatch | Refused


class Hello(Struct, frozen=True, tag_field="type", tag="hello"):
    """First frame of a live stream: the head of every room the device is a member of.

    mail: number of the last message in its mailbox; 0 for none.
    """

    heads: dict[str, int]
    mail: int = 0


class Live(Struct, frozen=True):
    """A new event, as it happens. Frames may be missing; heads of a Heartbeat tell."""

    room: str
    event: Event


class Heartbeat(Struct, frozen=True, tag_field="type", tag="beat"):
    """Heartbeat with the heads of all rooms, and mail as in Hello. Also sent at once when mail comes."""

    heads: dict[str, int]
    mail: int = 0


Frame = Hello | Live | Heartbeat

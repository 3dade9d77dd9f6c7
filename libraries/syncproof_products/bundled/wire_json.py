"""The JSON of what a device and a relay say to each other: `syncproof_products.bundled.core.wire` to bytes and back.

Both edges use it, so that a field has one spelling. Unknown fields are ignored, so that a newer side can add
some.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

import msgspec
from msgspec import Struct

from syncproof_products.bundled.core.wire import (
    Answer,
    BlobRef,
    Call,
    Clock,
    Draft,
    Event,
    FetchMail,
    Frame,
    GetMarker,
    Heartbeat,
    Hello,
    LeaveRoom,
    Live,
    MailBatch,
    MailSent,
    MarkerIs,
    OpenRoom,
    Page,
    Pull,
    Push,
    Pushed,
    Refused,
    RoomInfo,
    SendMail,
    SetMarker,
)

T = TypeVar("T")


class WireError(ValueError):
    """Bytes that are not what the protocol says; the message names the field and what was expected."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A call as HTTP: path with its query, body as JSON (None: no body)."""

    method: str
    path: str
    body: bytes | None


class _EventJson(Struct, frozen=True):
    seq: int
    op_id: str
    author: str
    kind: str
    entry: str | None
    base: tuple[str, ...]
    clock: Clock
    body: str
    blobs: tuple[BlobRef, ...]


class _PushJson(Struct, frozen=True, omit_defaults=True):
    events: tuple[Draft, ...]
    brought: bool = False


class _AcceptedJson(Struct, frozen=True):
    op_id: str
    seq: int


class _PushedJson(Struct, frozen=True):
    accepted: tuple[_AcceptedJson, ...]
    head: int


class _PageJson(Struct, frozen=True):
    events: tuple[_EventJson, ...]
    head: int
    more: bool


class _MembersJson(Struct, frozen=True):
    members: tuple[str, ...]


class _RefusedJson(Struct, frozen=True, omit_defaults=True):
    code: str
    message: str
    retry_after_s: float | None = None


class _MailJson(Struct, frozen=True):
    message_id: str
    content: str


class _EventFrame(Struct, frozen=True, tag_field="type", tag="event"):
    room: str
    event: _EventJson


# Bytes that are not UTF-8 are reported by the str type itself, not by msgspec.
_MALFORMED = (msgspec.MsgspecError, UnicodeDecodeError)

_encode = msgspec.json.Encoder().encode
_frame_decoder = msgspec.json.Decoder(Hello | _EventFrame | Heartbeat)


def _read(data: bytes, kind: type[T], expected: str) -> T:
    try:
        return msgspec.json.decode(data, type=kind)
    except _MALFORMED as wrong:
        raise WireError(f"{expected}: {wrong}") from wrong


def _event_json(event: Event) -> _EventJson:
    draft = event.draft
    return _EventJson(
        event.seq,
        draft.op_id,
        event.author,
        draft.kind,
        draft.entry,
        draft.base,
        draft.clock,
        draft.body,
        draft.blobs,
    )


def _event(seen: _EventJson) -> Event:
    draft = Draft(seen.op_id, seen.kind, seen.body, seen.entry, seen.base, seen.clock, seen.blobs)
    return Event(seen.seq, seen.author, draft)


def encode_draft(draft: Draft) -> bytes:
    """A draft as JSON; the same content gives the same bytes if its clock has the same order."""
    return _encode(draft)


def decode_draft(data: bytes) -> Draft:
    """The draft that `encode_draft` wrote. Raises WireError."""
    return _read(data, Draft, "not an event")


def encode_event(event: Event) -> bytes:
    """An event in its place as JSON."""
    return _encode(_event_json(event))


def decode_event(data: bytes) -> Event:
    """The event that `encode_event` wrote. Raises WireError."""
    return _event(_read(data, _EventJson, "not an event"))


def request_of(call: Call) -> HttpRequest:
    """How a device asks the relay for this, in HTTP."""
    if isinstance(call, SendMail):
        content = _encode(_MailJson(call.message_id, call.content))
        return HttpRequest("PUT", f"/to-device/{quote(call.to, safe='')}", content)
    if isinstance(call, FetchMail):
        return HttpRequest("GET", f"/to-device?after={call.after}", None)
    room = f"/rooms/{quote(call.room, safe='')}"
    match call:
        case OpenRoom():
            return HttpRequest("PUT", room, _encode(_MembersJson(call.members)))
        case LeaveRoom():
            return HttpRequest("DELETE", f"{room}/membership", None)
        case Push():
            return HttpRequest("POST", f"{room}/events", _encode(_PushJson(call.drafts, call.brought)))
        case Pull():
            return HttpRequest("GET", f"{room}/events?after={call.after}&limit={call.limit}", None)
        case SetMarker():
            return HttpRequest("PUT", f"{room}/marker", _encode(MarkerIs(call.seq)))
        case GetMarker():
            return HttpRequest("GET", f"{room}/marker", None)


def decode_push(room: str, body: bytes) -> Push:
    """The body of POST /rooms/{room}/events. Raises WireError."""
    said = _read(body, _PushJson, "expected {events:[...]}")
    return Push(room, said.events, said.brought)


def decode_open_room(room: str, body: bytes) -> OpenRoom:
    """The body of PUT /rooms/{room}. Raises WireError."""
    return OpenRoom(room, _read(body, _MembersJson, "expected {members:[...]}").members)


def decode_set_marker(room: str, body: bytes) -> SetMarker:
    """The body of PUT /rooms/{room}/marker. Raises WireError."""
    return SetMarker(room, _read(body, MarkerIs, "expected {seq:N}").seq)


def decode_send_mail(to: str, body: bytes) -> SendMail:
    """The body of PUT /to-device/{to}. Raises WireError."""
    seen = _read(body, _MailJson, "expected {message_id, content}")
    return SendMail(to, seen.message_id, seen.content)


def encode_answer(answer: Answer) -> bytes:
    """The body that carries an answer; the status is 200, or the one of a Refused."""
    match answer:
        case Pushed():
            accepted = tuple([_AcceptedJson(op_id, seq) for op_id, seq in answer.accepted])
            return _encode(_PushedJson(accepted, answer.head))
        case Page():
            events = tuple([_event_json(event) for event in answer.events])
            return _encode(_PageJson(events, answer.head, answer.more))
        case Refused():
            return _encode(_RefusedJson(answer.code, answer.message, answer.retry_after_s))
        case RoomInfo() | MarkerIs() | MailSent() | MailBatch():
            return _encode(answer)


def decode_answer(call: Call, status: int, body: bytes, retry_after_s: float | None = None) -> Answer:
    """The answer to a call, from a status and a body that came whole. Raises WireError.

    retry_after_s: the reply's Retry-After in seconds, if it had one; the body may say it more exactly.
    """
    expected = f"expected an answer to {type(call).__name__}, seen status {status}"
    if status != 200:
        try:
            refused = _read(body, _RefusedJson, expected)
        except WireError:
            # A gateway's page. It may say when to come again, and what it never lets through; nothing of operations.
            if status < 500 and status not in (413, 429):
                raise
            refused = _RefusedJson("refused", body[:200].decode("utf-8", "replace"))
        if refused.retry_after_s is not None:
            retry_after_s = refused.retry_after_s
        return Refused(status, refused.code, refused.message, retry_after_s)
    match call:
        case OpenRoom() | LeaveRoom():
            return _read(body, RoomInfo, expected)
        case Push():
            pushed = _read(body, _PushedJson, expected)
            return Pushed(tuple([(place.op_id, place.seq) for place in pushed.accepted]), pushed.head)
        case Pull():
            page = _read(body, _PageJson, expected)
            return Page(tuple([_event(event) for event in page.events]), page.head, page.more)
        case SetMarker() | GetMarker():
            return _read(body, MarkerIs, expected)
        case SendMail():
            return _read(body, MailSent, expected)
        case FetchMail():
            return _read(body, MailBatch, expected)


def encode_frame(frame: Frame) -> str:
    """A frame of the live stream as the text of one WebSocket message."""
    if isinstance(frame, Live):
        return _encode(_EventFrame(frame.room, _event_json(frame.event))).decode()
    return _encode(frame).decode()


def decode_frame(message: str | bytes) -> Frame:
    """The frame that a WebSocket message carries. Raises WireError."""
    try:
        seen = _frame_decoder.decode(message)
    except _MALFORMED as wrong:
        raise WireError(f"not a frame of the live stream: {wrong}") from wrong
    return Live(seen.room, _event(seen.event)) if isinstance(seen, _EventFrame) else seen

"""The JSON of what a device and a relay say to each other: `syncproof_products.bundled.core.wire` to bytes and back.

Both edges use it, so that a field has one spelling. Unknown fields are ignored, so that a newer side can add
some.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import msgspec
from msgspec import Struct

from syncproof_products.bundled.core.wire import (
    Answer,
    Beat,
    BlobRef,
    Call,
    Clock,
    Draft,
    Event,
    FetchMail,
    Frame,
    GetMarker,
    Hello,
    Live,
    Mails,
    MailSent,
    MarkerIs,
    OpenRoom,
    Page,
    Pull,
    Push,
    Pushed,
    Refused,
    RoomIs,
    SendMail,
    SetMarker,
)


class WireError(ValueError):
    """Bytes that are not what the protocol says; the message names the field and what was expected."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A call as HTTP: path with its query, body as JSON (None: no body)."""

    method: str
    path: str
    body: bytes | None


class _DraftJson(Struct, frozen=True):
    op_id: str
    kind: str
    body: str
    entry: str | None = None
    base: tuple[str, ...] = ()
    clock: Clock = {}
    blobs: tuple[BlobRef, ...] = ()


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


class _PushJson(Struct, frozen=True):
    events: tuple[_DraftJson, ...]


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


class _HelloFrame(Struct, frozen=True, tag_field="type", tag="hello"):
    heads: dict[str, int]
    mail: int = 0


class _EventFrame(Struct, frozen=True, tag_field="type", tag="event"):
    room: str
    event: _EventJson


class _BeatFrame(Struct, frozen=True, tag_field="type", tag="beat"):
    heads: dict[str, int]
    mail: int = 0


# Bytes that are not UTF-8 are reported by the str type itself, not by msgspec.
_MALFORMED = (msgspec.MsgspecError, UnicodeDecodeError)

_encoder = msgspec.json.Encoder()
_draft_decoder = msgspec.json.Decoder(_DraftJson)
_event_decoder = msgspec.json.Decoder(_EventJson)
_push_decoder = msgspec.json.Decoder(_PushJson)
_pushed_decoder = msgspec.json.Decoder(_PushedJson)
_page_decoder = msgspec.json.Decoder(_PageJson)
_members_decoder = msgspec.json.Decoder(_MembersJson)
_room_decoder = msgspec.json.Decoder(RoomIs)
_marker_decoder = msgspec.json.Decoder(MarkerIs)
_mail_decoder = msgspec.json.Decoder(_MailJson)
_mail_sent_decoder = msgspec.json.Decoder(MailSent)
_mails_decoder = msgspec.json.Decoder(Mails)
_refused_decoder = msgspec.json.Decoder(_RefusedJson)
_frame_decoder = msgspec.json.Decoder(_HelloFrame | _EventFrame | _BeatFrame)


def _draft_json(draft: Draft) -> _DraftJson:
    return _DraftJson(draft.op_id, draft.kind, draft.body, draft.entry, draft.base, draft.clock, draft.blobs)


def _draft(seen: _DraftJson) -> Draft:
    return Draft(seen.op_id, seen.kind, seen.body, seen.entry, seen.base, seen.clock, seen.blobs)


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
    return _encoder.encode(_draft_json(draft))


def decode_draft(data: bytes) -> Draft:
    """The draft that `encode_draft` wrote. Raises WireError."""
    try:
        return _draft(_draft_decoder.decode(data))
    except _MALFORMED as wrong:
        raise WireError(f"not an event: {wrong}") from wrong


def encode_event(event: Event) -> bytes:
    """An event in its place as JSON."""
    return _encoder.encode(_event_json(event))


def decode_event(data: bytes) -> Event:
    """The event that `encode_event` wrote. Raises WireError."""
    try:
        return _event(_event_decoder.decode(data))
    except _MALFORMED as wrong:
        raise WireError(f"not an event: {wrong}") from wrong


def request_of(call: Call) -> HttpRequest:
    """How a device asks the relay for this, in HTTP."""
    if isinstance(call, SendMail):
        content = _encoder.encode(_MailJson(call.message_id, call.content))
        return HttpRequest("PUT", f"/to-device/{quote(call.to, safe='')}", content)
    if isinstance(call, FetchMail):
        return HttpRequest("GET", f"/to-device?after={call.after}", None)
    room = f"/rooms/{quote(call.room, safe='')}"
    match call:
        case OpenRoom():
            return HttpRequest("PUT", room, _encoder.encode({"members": call.members}))
        case Push():
            drafts = tuple([_draft_json(draft) for draft in call.drafts])
            return HttpRequest("POST", f"{room}/events", _encoder.encode(_PushJson(drafts)))
        case Pull():
            return HttpRequest("GET", f"{room}/events?after={call.after}&limit={call.limit}", None)
        case SetMarker():
            return HttpRequest("PUT", f"{room}/marker", _encoder.encode({"seq": call.seq}))
        case GetMarker():
            return HttpRequest("GET", f"{room}/marker", None)


def decode_push(room: str, body: bytes) -> Push:
    """The body of POST /rooms/{room}/events. Raises WireError."""
    try:
        seen = _push_decoder.decode(body)
    except _MALFORMED as wrong:
        raise WireError(f"expected {{events:[...]}}: {wrong}") from wrong
    return Push(room, tuple([_draft(draft) for draft in seen.events]))


def decode_open_room(room: str, body: bytes) -> OpenRoom:
    """The body of PUT /rooms/{room}. Raises WireError."""
    try:
        return OpenRoom(room, _members_decoder.decode(body).members)
    except _MALFORMED as wrong:
        raise WireError(f"expected {{members:[...]}}: {wrong}") from wrong


def decode_set_marker(room: str, body: bytes) -> SetMarker:
    """The body of PUT /rooms/{room}/marker. Raises WireError."""
    try:
        return SetMarker(room, _marker_decoder.decode(body).seq)
    except _MALFORMED as wrong:
        raise WireError(f"expected {{seq:N}}: {wrong}") from wrong


def decode_send_mail(to: str, body: bytes) -> SendMail:
    """The body of PUT /to-device/{to}. Raises WireError."""
    try:
        seen = _mail_decoder.decode(body)
    except _MALFORMED as wrong:
        raise WireError(f"expected {{message_id, content}}: {wrong}") from wrong
    return SendMail(to, seen.message_id, seen.content)


def encode_answer(answer: Answer) -> bytes:
    """The body that carries an answer; the status is 200, or the one of a Refused."""
    match answer:
        case Pushed():
            accepted = tuple([_AcceptedJson(op_id, seq) for op_id, seq in answer.accepted])
            return _encoder.encode(_PushedJson(accepted, answer.head))
        case Page():
            events = tuple([_event_json(event) for event in answer.events])
            return _encoder.encode(_PageJson(events, answer.head, answer.more))
        case Refused():
            return _encoder.encode(_RefusedJson(answer.code, answer.message, answer.retry_after_s))
        case RoomIs() | MarkerIs() | MailSent() | Mails():
            return _encoder.encode(answer)


def decode_answer(call: Call, status: int, body: bytes, retry_after_s: float | None = None) -> Answer:
    """The answer to a call, from a status and a body that came whole. Raises WireError.

    retry_after_s: the reply's Retry-After in seconds, if it had one; the body may say it more exactly.
    """
    try:
        if status != 200:
            refused = _refused_decoder.decode(body)
            if refused.retry_after_s is not None:
                retry_after_s = refused.retry_after_s
            return Refused(status, refused.code, refused.message, retry_after_s)
        return _accepted_answer(call, body)
    except _MALFORMED as wrong:
        asked = type(call).__name__
        raise WireError(f"expected an answer to {asked}, seen status {status}: {wrong}") from wrong


def _accepted_answer(call: Call, body: bytes) -> Answer:
    match call:
        case OpenRoom():
            return _room_decoder.decode(body)
        case Push():
            pushed = _pushed_decoder.decode(body)
            return Pushed(tuple([(place.op_id, place.seq) for place in pushed.accepted]), pushed.head)
        case Pull():
            page = _page_decoder.decode(body)
            return Page(tuple([_event(event) for event in page.events]), page.head, page.more)
        case SetMarker() | GetMarker():
            return _marker_decoder.decode(body)
        case SendMail():
            return _mail_sent_decoder.decode(body)
        case FetchMail():
            return _mails_decoder.decode(body)


def encode_frame(frame: Frame) -> str:
    """A frame of the live stream as the text of one WebSocket message."""
    match frame:
        case Hello():
            return _encoder.encode(_HelloFrame(frame.heads, frame.mail)).decode()
        case Live():
            return _encoder.encode(_EventFrame(frame.room, _event_json(frame.event))).decode()
        case Beat():
            return _encoder.encode(_BeatFrame(frame.heads, frame.mail)).decode()


def decode_frame(message: str | bytes) -> Frame:
    """The frame that a WebSocket message carries. Raises WireError."""
    try:
        seen: _HelloFrame | _EventFrame | _BeatFrame = _frame_decoder.decode(message)
    except _MALFORMED as wrong:
        raise WireError(f"not a frame of the live stream: {wrong}") from wrong
    match seen:
        case _HelloFrame():
            return Hello(seen.heads, seen.mail)
        case _EventFrame():
            return Live(seen.room, _event(seen.event))
        case _BeatFrame():
            return Beat(seen.heads, seen.mail)

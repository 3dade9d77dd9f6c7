from __future__ import annotations

import json
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof_products.bundled.core.wire import (
    Answer,
    BlobRef,
    Call,
    Draft,
    Event,
    Frame,
    GetMarker,
    Heartbeat,
    Hello,
    Live,
    MarkerIs,
    OpenRoom,
    Page,
    Pull,
    Push,
    Pushed,
    Refused,
    RoomInfo,
    SetMarker,
)
from syncproof_products.bundled.wire_json import (
    WireError,
    decode_answer,
    decode_draft,
    decode_event,
    decode_frame,
    decode_open_room,
    decode_push,
    decode_set_marker,
    encode_answer,
    encode_draft,
    encode_event,
    encode_frame,
    request_of,
)

texts = st.text(max_size=20)
seqs = st.integers(0, 2**53)
drafts = st.builds(
    Draft,
    texts,
    st.sampled_from(("append", "put", "resolve", "delete")),
    texts,
    st.none() | texts,
    st.lists(texts, max_size=3).map(tuple),
    st.dictionaries(texts, seqs, max_size=3),
    st.lists(st.builds(BlobRef, texts, seqs, texts), max_size=2).map(tuple),
)
events = st.builds(Event, seqs, texts, drafts)
names = st.lists(texts, max_size=3).map(tuple)
heads = st.dictionaries(texts, seqs, max_size=3)


@given(drafts)
def test_drafts_come_back_as_they_went(draft: Draft) -> None:
    assert decode_draft(encode_draft(draft)) == draft


@given(events)
def test_events_come_back_as_they_went(event: Event) -> None:
    assert decode_event(encode_event(event)) == event


@given(st.builds(Hello, heads) | st.builds(Heartbeat, heads) | st.builds(Live, texts, events))
def test_frames_come_back_as_they_went(frame: Frame) -> None:
    assert decode_frame(encode_frame(frame)) == frame


@given(
    st.tuples(st.builds(OpenRoom, texts, names), st.builds(RoomInfo, texts, names, seqs))
    | st.tuples(
        st.builds(Push, texts, st.lists(drafts, max_size=2).map(tuple)),
        st.builds(Pushed, st.lists(st.tuples(texts, seqs), max_size=3).map(tuple), seqs),
    )
    | st.tuples(
        st.builds(Pull, texts, seqs, seqs),
        st.builds(Page, st.lists(events, max_size=3).map(tuple), seqs, st.booleans()),
    )
    | st.tuples(st.builds(SetMarker, texts, seqs) | st.builds(GetMarker, texts), st.builds(MarkerIs, seqs))
)
def test_answers_come_back_as_they_went(exchange: tuple[Call, Answer]) -> None:
    call, answer = exchange
    assert decode_answer(call, 200, encode_answer(answer)) == answer


def test_a_refusal_keeps_its_reason_and_its_patience() -> None:
    refused = Refused(429, "too_many", "wait", 0.125)
    assert decode_answer(GetMarker("r"), 429, encode_answer(refused), 1.0) == refused
    plain = Refused(403, "not_member", "no")
    assert json.loads(encode_answer(plain)) == {"code": "not_member", "message": "no"}
    assert decode_answer(GetMarker("r"), 403, encode_answer(plain), 3.0) == Refused(
        403, "not_member", "no", 3.0
    )


@given(texts, names, st.lists(drafts, max_size=2).map(tuple), seqs)
def test_requests_say_all_of_a_call(
    room: str, members: tuple[str, ...], pushed: tuple[Draft, ...], seq: int
) -> None:
    opened = request_of(OpenRoom(room, members))
    assert unquote(opened.path.removeprefix("/rooms/")) == room
    assert opened.body is not None
    assert decode_open_room(room, opened.body) == OpenRoom(room, members)
    push = request_of(Push(room, pushed))
    assert push.body is not None
    assert decode_push(room, push.body) == Push(room, pushed)
    moved = request_of(SetMarker(room, seq))
    assert moved.body is not None
    assert decode_set_marker(room, moved.body) == SetMarker(room, seq)
    query = parse_qs(urlsplit(request_of(Pull(room, seq, 7)).path).query)
    assert query == {"after": [str(seq)], "limit": ["7"]}
    assert request_of(GetMarker(room)).method == "GET"


PAGE = b"<html>nginx</html>"


@pytest.mark.parametrize("status", [413, 429, 500, 502, 503])
def test_a_gateway_may_say_when_to_come_again_and_what_it_never_lets_through(status: int) -> None:
    refused = Refused(status, "refused", PAGE.decode(), 30.0)
    assert decode_answer(GetMarker("r"), status, PAGE, 30.0) == refused


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410])
def test_a_gateway_says_nothing_of_operations(status: int) -> None:
    with pytest.raises(WireError):
        decode_answer(GetMarker("r"), status, PAGE, 30.0)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"\xff", b'{"events":[{"op_id":1}]}', b'{"events":"\xed\xa0\x80"}']
)
def test_malformed_bytes_are_a_wire_error(body: bytes) -> None:
    for decode in (decode_push, decode_open_room, decode_set_marker):
        with pytest.raises(WireError):
            decode("room", body)
    for decode_one in (decode_draft, decode_event, decode_frame):
        with pytest.raises(WireError):
            decode_one(body)
    with pytest.raises(WireError):
        decode_answer(Pull("room", 0, 1), 200, body)
    with pytest.raises(WireError):
        decode_answer(Pull("room", 0, 1), 400, body)


def test_the_message_names_the_field() -> None:
    with pytest.raises(WireError, match=r"events\[0\]\.op_id"):
        decode_push("room", b'{"events":[{"op_id":1}]}')


def test_fields_of_a_newer_side_are_ignored() -> None:
    assert decode_frame(b'{"type":"beat","heads":{},"mood":"good"}') == Heartbeat({})

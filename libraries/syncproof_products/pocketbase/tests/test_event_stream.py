from __future__ import annotations

from itertools import pairwise

import hypothesis.strategies as st
import pytest
from hypothesis import given

from syncproof_products.pocketbase.agent.event_stream import EventStream, Message

CONNECT = b'id:abc\nevent:PB_CONNECT\ndata:{"clientId":"abc"}\n\n'
TOLD = 'id:abc\nevent:tasks/*\ndata:{"content":"a\x85b\u2028c: d"}\n\n'.encode()
MESSAGES = [
    Message("PB_CONNECT", b'{"clientId":"abc"}'),
    Message("tasks/*", '{"content":"a\x85b\u2028c: d"}'.encode()),
]


def read(*chunks: bytes) -> list[Message]:
    stream = EventStream()
    return [message for chunk in chunks for message in stream.take(chunk)]


@given(cuts=st.lists(st.integers(0, len(CONNECT + TOLD))))
def test_messages_are_the_same_wherever_the_bytes_are_cut(cuts: list[int]) -> None:
    whole = CONNECT + TOLD
    places = [0, *sorted(cuts), len(whole)]
    assert read(*(whole[first:last] for first, last in pairwise(places))) == MESSAGES


@pytest.mark.parametrize(
    ("said", "messages"),
    [
        (b"event:a\ndata:1\n", []),
        (b"event: a\r\ndata: 1\r\n\r\n", [Message("a", b"1")]),
        (b":heartbeat\n\nevent:a\n\ndata:1\n\n", [Message("", b"1")]),
        (b"event:a\ndata:1\n:a comment\ndata:2\n\n", [Message("a", b"1\n2")]),
        (b"data:1\n\n\n\ndata:2\n\n", [Message("", b"1"), Message("", b"2")]),
    ],
)
def test_what_a_stream_says(said: bytes, messages: list[Message]) -> None:
    assert read(said) == messages

"""Frames come out as they went in, however the stream is cut into pieces."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncproof_synckit.encryption.errors import FrameError
from syncproof_synckit.encryption.frames import MAX_FRAME_BYTES, FrameReader, frame


def whole(reader: FrameReader) -> list[bytes]:
    got = []
    while (one := reader.next()) is not None:
        got.append(one)
    return got


@settings(max_examples=80, deadline=None)
@given(contents=st.lists(st.binary(min_size=1, max_size=50), max_size=8), cuts=st.lists(st.integers(1, 30)))
def test_round_trip(contents: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(map(frame, contents))
    reader, got = FrameReader(), []
    for size in [*cuts, len(stream) or 1]:
        reader.feed(stream[:size])
        stream = stream[size:]
        got += whole(reader)
    assert got == contents
    assert not reader.in_mid_frame


def test_a_frame_that_is_not_whole_yet() -> None:
    reader = FrameReader()
    reader.feed(frame(b"hello")[:-1])
    assert reader.next() is None
    assert reader.in_mid_frame


@pytest.mark.parametrize(
    ("head", "limit"),
    [(b"\0\0\0\0", MAX_FRAME_BYTES), (b"\0\1\0\0", MAX_FRAME_BYTES), (b"\0\0\0\x65", 100), (b"GET ", 4096)],
)
def test_a_length_that_no_frame_has(head: bytes, limit: int) -> None:
    reader = FrameReader(limit)
    reader.feed(head)
    with pytest.raises(FrameError, match=f"1 to {limit} bytes"):
        reader.next()


def test_what_is_sent_has_the_same_limits() -> None:
    assert len(frame(bytes(MAX_FRAME_BYTES))) == MAX_FRAME_BYTES + 4
    for content in (b"", bytes(MAX_FRAME_BYTES + 1)):
        with pytest.raises(FrameError):
            frame(content)

"""Which messages of a WebSocket a man in the middle sends once more, and when."""

from __future__ import annotations

import pytest

from syncproof.faults.replaying.frames import Frames

UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
PING = b"\x89\x00"


def message(said: bytes, *, masked: bool = False) -> bytes:
    """A binary frame."""
    size = len(said)
    short = size if size < 126 else 126 if size < 65536 else 127
    length = b"" if short < 126 else size.to_bytes(2 if short == 126 else 8, "big")
    return bytes([0x82, short | (0x80 if masked else 0)]) + length + (b"mask" if masked else b"") + said


HELLO, ONE, TWO = (message(said) for said in (b"hello", b"one", b"two"))


def frames(replays: list[str] | None = None) -> Frames:
    return Frames(2.0, lambda: (replays if replays is not None else []).append("replayed"))


def test_messages_pass_once_more_when_there_was_silence_the_last_first() -> None:
    replays: list[str] = []
    way = frames(replays)
    assert way.feed(UPGRADED + HELLO + ONE, 0.0) == UPGRADED + HELLO + ONE
    assert way.feed(TWO, 1.5) == TWO
    assert way.feed(PING, 3.0) == PING
    assert replays == []
    assert way.feed(PING, 3.5) == PING + TWO + ONE
    assert replays == ["replayed"]
    assert way.feed(TWO, 9.0) == TWO
    assert way.feed(PING, 19.0) == PING


def test_a_message_ends_the_silence() -> None:
    way = frames()
    way.feed(UPGRADED + HELLO + ONE, 0.0)
    assert way.feed(TWO, 5.0) == TWO


def test_half_a_frame_waits_and_brings_nothing_with_it() -> None:
    way = frames()
    way.feed(UPGRADED + HELLO + ONE, 0.0)
    assert way.feed(PING[:1], 5.0) == b""
    assert way.feed(PING[1:], 6.0) == PING + ONE


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
@pytest.mark.parametrize("masked", [False, True])
def test_frames_of_any_length_are_told_apart(size: int, masked: bool) -> None:
    long = message(b"x" * size, masked=masked)
    data, way = UPGRADED + HELLO + long + ONE, frames()
    passed = b"".join(way.feed(data[at : at + 1000], 0.0) for at in range(0, len(data), 1000))
    assert passed == data
    assert way.feed(PING, 2.0) == PING + ONE + long


@pytest.mark.parametrize("frame", [b"\xc2\x03abc", b"\x02\x03abc", b"\x80\x03abc"])
def test_what_is_compressed_or_a_part_passes_once(frame: bytes) -> None:
    way = frames()
    assert way.feed(UPGRADED + HELLO + frame, 0.0) == UPGRADED + HELLO + frame
    assert way.feed(PING, 2.0) == PING


def test_what_is_no_websocket_passes_once() -> None:
    answer = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"
    way = frames()
    assert way.feed(answer[:9], 0.0) == b""
    assert way.feed(answer[9:] + ONE, 0.0) == answer + ONE
    assert way.feed(b"x", 9.0) == b"x"

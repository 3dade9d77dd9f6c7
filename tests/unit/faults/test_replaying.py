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


class Way:
    """One direction, and whether its messages are wanted once more."""

    def __init__(self) -> None:
        self.wanted, self.replays = False, 0
        self.feed = Frames(lambda: self.wanted, self._replayed).feed

    def _replayed(self) -> None:
        self.replays += 1


def test_messages_pass_once_more_when_that_is_wanted_the_last_first() -> None:
    way = Way()
    assert way.feed(UPGRADED + HELLO + ONE) == UPGRADED + HELLO + ONE
    assert way.feed(TWO) == TWO
    assert way.feed(PING) == PING
    way.wanted = True
    assert way.replays == 0
    assert way.feed(PING) == PING + TWO + ONE
    assert way.replays == 1
    assert way.feed(TWO) == TWO
    assert way.feed(PING) == PING
    assert way.replays == 1


def test_nothing_is_replayed_before_anything_was_said() -> None:
    way = Way()
    way.wanted = True
    assert way.feed(UPGRADED + HELLO) == UPGRADED + HELLO
    assert way.replays == 0


def test_half_a_frame_waits_and_brings_nothing_with_it() -> None:
    way = Way()
    way.feed(UPGRADED + HELLO + ONE)
    way.wanted = True
    assert way.feed(PING[:1]) == b""
    assert way.feed(PING[1:]) == PING + ONE


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
@pytest.mark.parametrize("masked", [False, True])
def test_frames_of_any_length_are_told_apart(size: int, masked: bool) -> None:
    long = message(b"x" * size, masked=masked)
    data, way = UPGRADED + HELLO + long + ONE, Way()
    passed = b"".join(way.feed(data[at : at + 1000]) for at in range(0, len(data), 1000))
    assert passed == data
    way.wanted = True
    assert way.feed(PING) == PING + ONE + long


@pytest.mark.parametrize("frame", [b"\xc2\x03abc", b"\x02\x03abc", b"\x80\x03abc"])
def test_what_is_compressed_or_a_part_passes_once(frame: bytes) -> None:
    way = Way()
    way.wanted = True
    assert way.feed(UPGRADED + HELLO + frame) == UPGRADED + HELLO + frame
    assert way.feed(PING) == PING


def test_what_is_no_websocket_passes_once() -> None:
    answer = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n"
    way = Way()
    way.wanted = True
    assert way.feed(answer[:9]) == b""
    assert way.feed(answer[9:] + ONE) == answer + ONE
    assert way.feed(b"x") == b"x"

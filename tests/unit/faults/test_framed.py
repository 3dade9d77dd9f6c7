"""One frame is changed, in whatever pieces it comes; all else passes as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from syncproof.faults.framed.frames import Change, Frames, framed
from syncproof.faults.framed.program import _Once, _OneConnection
from syncproof.workloads.encryption.flaw import Flaw

FIRST = b"\0" + b"e" * 32 + b"k" * 1184
SECOND = b"\0" + b"E" * 32 + b"c" * 1104 + b"s" * 48 + b"t" * 16
THIRD = b"\0" + b"S" * 64


class Claim:
    def __init__(self, has: bool = True) -> None:
        self.has, self.done = has, False

    def take(self) -> bool:
        return self.has

    def made(self) -> None:
        self.done = True


def passed(flaw: Flaw, *contents: bytes, piece: int = 100, made: bool = True) -> bytes:
    claim = Claim()
    frames, done = Frames(flaw.change, claim), b""
    stream = b"".join(map(framed, contents))
    for at in range(0, len(stream), piece):
        done += frames.feed(stream[at : at + piece])
    assert claim.done is made
    return done


@pytest.mark.parametrize("piece", [1, 7, 5000])
@pytest.mark.parametrize(
    ("flaw", "content", "instead"),
    [
        (Flaw.CORRUPT, SECOND, SECOND[:-1] + b"u"),
        (Flaw.TRUNCATE, SECOND, SECOND[: len(SECOND) // 2]),
        (Flaw.SWALLOW, SECOND, b""),
        (Flaw.KEM_BIT, SECOND, SECOND[:1120] + b"b" + SECOND[1121:]),
        (Flaw.KEM_SHORT, SECOND, SECOND[:1120] + SECOND[1121:]),
        (Flaw.KEM_OTHER, FIRST, FIRST[:33] + b"j" + FIRST[34:]),
        (Flaw.KEM_KEY_SHORT, FIRST, FIRST[:-1]),
        (Flaw.KEM_KEY_LONG, FIRST, FIRST + b"\0"),
        (Flaw.KEM_KEY_MALFORMED, FIRST, FIRST[:33] + b"\xff" * 1184),
        (Flaw.OVERSIZE, FIRST, FIRST + bytes(65_536)),
    ],
)
def test_one_frame_is_changed(flaw: Flaw, content: bytes, instead: bytes, piece: int) -> None:
    expected = (framed(instead) if instead else b"") + framed(b"next")
    assert passed(flaw, content, b"next", piece=piece) == expected


def test_a_frame_is_repeated_and_frames_change_places() -> None:
    assert passed(Flaw.REPLAY, FIRST, THIRD) == framed(FIRST) * 2 + framed(THIRD)
    in_another_order = b"".join(map(framed, (FIRST, b"a", THIRD, b"b")))
    assert passed(Flaw.REORDER, FIRST, THIRD, b"a", b"b") == in_another_order


def test_all_else_passes() -> None:
    frames = Frames(Flaw.REPLAY.change, Claim(has=False))
    assert frames.feed(framed(FIRST)) == framed(FIRST)
    assert Frames(None, Claim()).feed(framed(FIRST)) == framed(FIRST)
    http = Frames(Change("upstream", 1, lambda _: []), Claim())
    assert http.feed(b"GET / HTTP/1.1\r\n") == b"GET / HTTP/1.1\r\n"
    assert http.feed(b"\0\0\0\1x") == b"\0\0\0\1x"


def test_what_is_as_it_was_is_no_change() -> None:
    short = SECOND[:600]
    assert passed(Flaw.KEM_SHORT, short, made=False) == framed(short)


def test_a_frame_that_nothing_follows_has_not_changed_its_place() -> None:
    assert passed(Flaw.REORDER, FIRST, THIRD, made=False) == framed(FIRST)


def test_a_frame_that_is_too_short_is_no_change_either() -> None:
    claim = Claim()
    with pytest.raises(IndexError):
        Frames(Flaw.KEM_BIT.change, claim).feed(framed(SECOND[:100]))
    assert not claim.done


def test_one_connection_makes_the_change_and_gives_it_back_where_it_ends_before(tmp_path: Path) -> None:
    done = tmp_path / "changed"
    once = _Once(done)
    first, second, third = (_OneConnection(once) for _ in range(3))
    assert first.take()
    assert not second.take()
    second.ends()
    assert not third.take()
    first.ends()
    assert not done.exists()
    assert third.take()
    third.made()
    third.ends()
    assert done.exists()
    assert not _OneConnection(once).take()

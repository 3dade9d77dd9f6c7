"""One frame is changed, in whatever pieces it comes; all else passes as it is."""

from __future__ import annotations

import pytest

from syncproof.faults.framed.changes import CHANGES, Change, Frames, framed

FIRST = b"\0" + b"e" * 32 + b"k" * 1184
SECOND = b"\0" + b"E" * 32 + b"c" * 1104 + b"s" * 48 + b"t" * 16
THIRD = b"\0" + b"S" * 64


def passed(change: str, *contents: bytes, piece: int = 100) -> bytes:
    frames, done = Frames(CHANGES[change], lambda: True), b""
    stream = b"".join(map(framed, contents))
    for at in range(0, len(stream), piece):
        done += frames.feed(stream[at : at + piece])
    return done


@pytest.mark.parametrize("piece", [1, 7, 5000])
@pytest.mark.parametrize(
    ("change", "content", "instead"),
    [
        ("truncate", SECOND, SECOND[: len(SECOND) // 2]),
        ("swallow", SECOND, b""),
        ("kem_bit", SECOND, SECOND[:1120] + b"b" + SECOND[1121:]),
        ("kem_short", SECOND, SECOND[:1120] + SECOND[1121:]),
        ("kem_other", FIRST, FIRST[:33] + b"j" + FIRST[34:]),
        ("kem_key_short", FIRST, FIRST[:-1]),
        ("kem_key_long", FIRST, FIRST + b"\0"),
        ("kem_key_malformed", FIRST, FIRST[:33] + b"\xff" * 1184),
        ("oversize", FIRST, FIRST + bytes(65_536)),
    ],
)
def test_one_frame_is_changed(change: str, content: bytes, instead: bytes, piece: int) -> None:
    expected = (framed(instead) if instead else b"") + framed(b"next")
    assert passed(change, content, b"next", piece=piece) == expected


def test_a_frame_is_repeated_and_frames_change_places() -> None:
    assert passed("replay", FIRST, THIRD) == framed(FIRST) * 2 + framed(THIRD)
    assert passed("reorder", FIRST, THIRD, b"a", b"b") == b"".join(map(framed, (FIRST, b"a", THIRD, b"b")))


def test_all_else_passes() -> None:
    frames = Frames(CHANGES["replay"], lambda: False)
    assert frames.feed(framed(FIRST)) == framed(FIRST)
    assert Frames(None, lambda: True).feed(framed(FIRST)) == framed(FIRST)
    http = Frames(Change("upstream", 1, lambda _: []), lambda: True)
    assert http.feed(b"GET / HTTP/1.1\r\n") == b"GET / HTTP/1.1\r\n"
    assert http.feed(b"\0\0\0\1x") == b"\0\0\0\1x"

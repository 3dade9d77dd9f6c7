"""Requests of a connection pass as they came, cut wherever the network likes, and the wanted bodies are changed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof.faults.man_in_the_middle.requests import Requests

GET = b"GET /health HTTP/1.1\r\nhost: r\r\n\r\n"
BLOB = b"PUT /blobs/d HTTP/1.1\r\nContent-Length: 10\r\n\r\n\r\n\r\nPUT /x"
MAIL = b"PUT /to-device/bob HTTP/1.1\r\nhost: r\r\ncontent-length: 4\r\n\r\nmail"
CHANGED = b"PUT /to-device/bob HTTP/1.1\r\nhost: r\r\ncontent-length: 7\r\n\r\nchanged"
EMPTY = b"PUT /to-device/bob HTTP/1.1\r\nhost: r\r\n\r\n"
LIVE = b"GET /live HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"
FRAMES = b"\x81\x05\r\n\r\nPUT /to-device/bob HTTP/1.1\r\n\r\n"


def rewrite(method: str, path: str) -> Callable[[bytes], bytes] | None:
    return (lambda _: b"changed") if (method, path) == ("PUT", "/to-device/bob") else None


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        (GET, GET),
        (GET + GET, GET + GET),
        (BLOB + GET, BLOB + GET),
        (MAIL, CHANGED),
        (GET + MAIL + BLOB + MAIL + GET, GET + CHANGED + BLOB + CHANGED + GET),
        (EMPTY, CHANGED),
        (LIVE + FRAMES, LIVE + FRAMES),
        (MAIL + LIVE + FRAMES, CHANGED + LIVE + FRAMES),
    ],
)
@given(cuts=st.lists(st.integers(0, 300), max_size=6))
def test_whole_or_in_pieces(sent: bytes, arrives: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(sent)) for cut in cuts), len(sent)]
    requests = Requests(rewrite)
    pieces = [sent[start:end] for start, end in pairwise(places)]
    assert b"".join(requests.feed(piece) for piece in pieces) == arrives


def test_a_body_that_nobody_wants_to_see_is_not_held_back() -> None:
    requests = Requests(rewrite)
    assert requests.feed(BLOB[:-3]) == BLOB[:-3]


def test_a_body_that_somebody_wants_to_see_waits_for_its_end() -> None:
    requests = Requests(rewrite)
    assert requests.feed(MAIL[:-1]) == b""
    assert requests.feed(MAIL[-1:]) == CHANGED

"""What a web proxy lets through that knows requests only."""

from __future__ import annotations

import pytest

from syncproof.faults.passing_on import Answered
from syncproof.faults.requests_only.main import requests_only

GET = b"GET /health HTTP/1.1\r\nHost: a\r\nUpgrade-Insecure-Requests: 1\r\n\r\n"
UPGRADE = b"GET /peer HTTP/1.1\r\nhost: a\r\nConnection: Upgrade\r\nUPGRADE:  WebSocket\r\n\r\n"


@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_a_request_passes_and_all_behind_it(piece: int) -> None:
    refused: list[bool] = []
    change = requests_only(lambda: refused.append(True))
    said = GET + b"upgrade: websocket\r\n\r\n"
    passed = b"".join(change(said[at : at + piece]) for at in range(0, len(said), piece))
    assert (passed, refused) == (said, [])


@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_a_websocket_is_refused(piece: int) -> None:
    refused: list[bool] = []
    change = requests_only(lambda: refused.append(True))
    pieces = [UPGRADE[at : at + piece] for at in range(0, len(UPGRADE), piece)]
    assert [change(each) for each in pieces[:-1]] == [b""] * (len(pieces) - 1)
    with pytest.raises(Answered) as answered:
        change(pieces[-1])
    assert answered.value.reply.startswith(b"HTTP/1.1 403 ")
    assert refused == [True]


def test_tls_is_refused_at_its_first_byte() -> None:
    refused: list[bool] = []
    with pytest.raises(Answered):
        requests_only(lambda: refused.append(True))(b"\x16\x03\x01")
    assert refused == [True]


def test_what_is_no_request_passes_in_the_end() -> None:
    change = requests_only(lambda: None)
    assert change(b"x" * 70000) == b"x" * 70000

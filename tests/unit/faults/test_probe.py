"""A probe that sends more than it asks for: what is done to what a device sends is seen by that."""

from __future__ import annotations

import errno
import socket
import time

import httptools
import pytest

from syncproof.faults.probe import SocketProbe, lengthened
from syncproof.kernel.link import Exchange

GET = Exchange(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
PING = Exchange(b"PING\r\n", 1, b"PONG\r\n")


class Requests:
    """How many whole requests came, and the longest header."""

    def __init__(self) -> None:
        self.count = self.longest = 0

    def on_header(self, _name: bytes, value: bytes) -> None:
        self.longest = max(self.longest, len(value))

    def on_message_complete(self) -> None:
        self.count += 1


@pytest.mark.parametrize("size", [0, 1, 50, 1000, 8000, 20_000, 900_000])
def test_http_requests_are_whole_and_each_has_its_answer(size: int) -> None:
    longer = lengthened(GET, size)
    seen = Requests()
    httptools.HttpRequestParser(seen).feed_data(longer.request)
    assert seen.count == longer.replies
    assert size <= len(longer.request) <= size + 8100
    # Servers refuse heads of 16 KB.
    assert seen.longest <= 8000


@pytest.mark.parametrize("size", [0, 5, 6, 7, 100_000])
def test_another_protocol_is_repeated(size: int) -> None:
    longer = lengthened(PING, size)
    assert longer.request == PING.request * longer.replies
    assert size <= len(longer.request) < max(size, 1) + len(PING.request)
    assert longer.reply == PING.reply


def test_several_requests_stay_several() -> None:
    twice = Exchange(GET.request * 2, 2)
    assert lengthened(twice, 0) == twice


def test_only_the_other_side_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    for code, refused in (
        (errno.ECONNREFUSED, True),
        (errno.ENETUNREACH, False),
        (errno.EADDRNOTAVAIL, False),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(socket.socket, "connect_ex", lambda *_, code=code: code)
            if refused:
                sighting = SocketProbe("127.0.0.1:9", PING, time.monotonic_ns).poll()
                assert sighting is not None
                assert sighting.outcome == "refused"
            else:
                with pytest.raises(OSError, match=r"a probe cannot connect to 127\.0\.0\.1:9") as raised:
                    SocketProbe("127.0.0.1:9", PING, time.monotonic_ns)
                assert raised.value.errno == code

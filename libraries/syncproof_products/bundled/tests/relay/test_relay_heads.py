"""What the guard takes for a head: what the parser of HTTP has seen of one, however it is cut into pieces.

Bodies, and requests behind each other, are none.
"""

from __future__ import annotations

import asyncio
import gc
import re
import weakref
from collections.abc import Iterable
from typing import Any, Literal

import pytest
from starlette.types import Receive, Scope, Send

from syncproof_agentkit.server import HttpServer
from syncproof_products.bundled.relay.guard import Guard
from syncproof_products.bundled.relay.guarded_http import GuardedHttp
from syncproof_products.bundled.relay.settings import Settings

MAX_HEAD = 1000
SETTINGS = Settings(max_head_bytes=MAX_HEAD, max_request_bytes=2 * MAX_HEAD)
#: How a client's bytes arrive: as they are written here, all at once, or each alone.
Cut = Literal["as written", "at once", "byte by byte"]
#: What asyncio reads at a time.
READ = 256 * 1024
#: Turns of the event loop: more than all answers take.
TURNS = 2000


def post(body_bytes: int, path: str = "/") -> bytes:
    """The head of a request with a body of so many bytes."""
    return b"POST %b HTTP/1.1\r\nHost: relay\r\nContent-Length: %d\r\n\r\n" % (path.encode(), body_bytes)


GET = b"GET / HTTP/1.1\r\nHost: relay\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nHost: relay\r\nTransfer-Encoding: chunked\r\n\r\n"
LARGE = b"b" * 5 * MAX_HEAD


def chunk(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(content), content)


class Line(asyncio.Transport):
    """A connection of a client; it keeps what the relay says, and whether that reads."""

    def __init__(self) -> None:
        super().__init__({"peername": ("10.0.0.1", 1), "sockname": ("10.0.0.2", 2)})
        self.said, self.ended, self.paused = b"", False, False
        self.protocol: Any = None

    def write(self, data: Any) -> None:
        self.said += bytes(data)

    def writelines(self, list_of_data: Iterable[Any]) -> None:
        self.said += b"".join(bytes(data) for data in list_of_data)

    def is_closing(self) -> bool:
        return self.ended

    def close(self) -> None:
        self.ended = True

    def abort(self) -> None:
        self.ended = True

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """It reads a request to its end and answers.

    /refused is answered at once; behind the answer to /busy it has something left to do.
    """
    status, more = (413, False) if scope["path"] == "/refused" else (200, True)
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
    for _ in range(3 if scope["path"] == "/busy" else 0):
        await asyncio.sleep(0)


def pieces(written: list[bytes], cut: Cut) -> list[bytes]:
    """What the relay reads, one after the other."""
    if cut == "as written":
        wanted = written
    elif cut == "at once":
        wanted = [b"".join(written)]
    else:
        return [bytes([byte]) for byte in b"".join(written)]
    return [each[n : n + READ] for each in wanted for n in range(0, len(each), READ)]


def served() -> HttpServer:
    guard = Guard(SETTINGS)
    return HttpServer(guard.app(app), http=GuardedHttp, wrapped=lambda http: guard.protocol(http()))


async def statuses(written: list[bytes], cut: Cut) -> list[int]:
    """What the relay answers, in its order; it ends with 0 where the relay has ended the connection."""
    server = served()
    line, connection = Line(), server.protocol()
    connection.connection_made(line)
    for piece in pieces(written, cut):
        for _ in range(TURNS):
            if not line.paused:
                break
            await asyncio.sleep(0)
        if line.ended:
            break
        connection.data_received(piece)
        await asyncio.sleep(0)
    for _ in range(TURNS):
        await asyncio.sleep(0)
    answered = [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3})", line.said)]
    ended = [0] if line.ended else []
    connection.connection_lost(None)
    await server.close(1.0)
    return answered + ended


HONEST: dict[str, tuple[list[bytes], list[int]]] = {
    "a pair of requests": ([GET + GET], [200, 200]),
    "a pair of requests with bodies": ([post(5000) + LARGE + post(5000) + LARGE], [200, 200]),
    "the second body comes behind the first answer": (
        [post(10) + b"b" * 10 + post(5000), *[b"b" * 500] * 10],
        [200, 200],
    ),
    "the last part of a body comes with the next head": (
        [post(5000) + LARGE[:3000], LARGE[3000:] + post(5000), LARGE[:4000], LARGE[4000:] + GET],
        [200, 200, 200],
    ),
    "parts of an upload, one behind the other": ([post(5000), LARGE] * 10, [200] * 10),
    "parts of an upload to a busy relay": (
        [post(5000, "/busy"), LARGE[:3000], LARGE[3000:]] * 10,
        [200] * 10,
    ),
    "a hundred requests": ([GET * 100], [200] * 100),
    "a head that is nearly too long": (
        [GET[:-2] + b"X-Long: " + b"a" * (MAX_HEAD - 100), b"\r\n\r\n" + GET],
        [200, 200],
    ),
    "chunks": ([CHUNKED, *[chunk(b"c" * 700)] * 10, b"0\r\n\r\n", GET], [200, 200]),
    "a chunk in pieces": ([CHUNKED + b"1388\r\n", LARGE[:4000], LARGE[4000:] + b"\r\n0\r", b"\n\r\n"], [200]),
    "many small chunks": ([CHUNKED, *[b"1\r\n", b"c", b"\r\n"] * 1000, b"0\r\n\r\n"], [200]),
    "the rest of a body that was refused": (
        [post(5000, "/refused"), *[b"b" * 500] * 10, GET],
        [413, 200],
    ),
}

TOO_LONG: dict[str, list[bytes]] = {
    "a header": [GET[:-2] + b"X-Long: " + b"a" * 2 * MAX_HEAD + b"\r\n\r\n"],
    "a header without an end": [GET[:-2] + b"X-Long: ", *[b"a" * 600] * 4],
    "a name of a header without an end": [GET[:-2] + b"X-", *[b"a" * 600] * 4],
    "a path": [b"GET /", *[b"a" * 600] * 4],
    "many headers": [GET[:-2], *[b"X-Short: 1\r\n" * 10] * 20, b"\r\n"],
    "empty lines": [b"\r\n" * 300] * 4,
}

#: Nothing can be answered any more: the request has begun.
TOO_LONG_BEHIND_THE_HEAD: dict[str, list[bytes]] = {
    "trailers": [CHUNKED + chunk(b"c") + b"0\r\n", *[b"X-Short: 1\r\n" * 10] * 20],
    "a trailer without an end": [CHUNKED + chunk(b"c") + b"0\r\nX-Long: ", *[b"a" * 600] * 4],
    "an extension of a chunk without an end": [CHUNKED + b"1;", *[b"a" * 600] * 4],
}


@pytest.mark.parametrize("cut", ["as written", "at once", "byte by byte"])
@pytest.mark.parametrize("name", HONEST)
def test_bodies_and_further_requests_are_no_heads(name: str, cut: Cut) -> None:
    written, answers = HONEST[name]
    assert asyncio.run(statuses(written, cut)) == answers


@pytest.mark.parametrize("cut", ["as written", "byte by byte"])
@pytest.mark.parametrize("name", TOO_LONG)
def test_a_head_that_is_too_long_is_refused(name: str, cut: Cut) -> None:
    assert asyncio.run(statuses(TOO_LONG[name], cut)) == [431, 0]


@pytest.mark.parametrize("cut", ["as written", "byte by byte"])
@pytest.mark.parametrize("name", TOO_LONG_BEHIND_THE_HEAD)
def test_what_is_too_long_behind_a_head_ends_the_connection(name: str, cut: Cut) -> None:
    assert asyncio.run(statuses(TOO_LONG_BEHIND_THE_HEAD[name], cut)) == [0]


@pytest.mark.parametrize("end", [b"", b"\r\n\r\n"], ids=["half of it", "whole"])
def test_a_head_of_a_megabyte_is_refused(end: bytes) -> None:
    written = [GET[:-2] + b"X-Long: " + b"a" * 1_000_000 + end]
    assert asyncio.run(statuses(written, "at once")) == [431, 0]


@pytest.mark.parametrize("cut", ["as written", "at once", "byte by byte"])
def test_no_answer_to_a_head_is_taken_for_that_to_a_request_before_it(cut: Cut) -> None:
    written = [post(10) + b"b" * 10, GET[:-2] + b"X-Long: ", *[b"a" * 600] * 4, b"\r\n\r\n"]
    assert asyncio.run(statuses(written, cut)) in ([200, 431, 0], [200, 0], [0])


@pytest.mark.parametrize("said", [b"", GET[:-2], GET, post(5000)], ids=["nothing", "a part", "all", "a head"])
def test_nothing_of_a_connection_that_is_gone_waits_for_the_collector(said: bytes) -> None:
    async def come_and_go(server: HttpServer) -> weakref.ref[asyncio.BaseProtocol]:
        connection = server.protocol()
        connection.connection_made(Line())
        if said:
            connection.data_received(said)
        for _ in range(5):
            await asyncio.sleep(0)
        connection.connection_lost(None)
        for _ in range(5):
            await asyncio.sleep(0)
        return weakref.ref(connection)

    async def story() -> bool:
        return (await come_and_go(served()))() is None

    gc.collect()
    gc.disable()
    try:
        assert asyncio.run(story())
    finally:
        gc.enable()

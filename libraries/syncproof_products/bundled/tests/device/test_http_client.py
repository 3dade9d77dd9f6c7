from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TypeVar

import pytest

from syncproof_agentkit.pause import Pause
from syncproof_products.bundled.device.connection import LinkError
from syncproof_products.bundled.device.http_client import BytesBody, HttpClient, Patience, Reply

T = TypeVar("T")
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"

#: Shorter than the slow servers take in all, and long enough for a connection on a busy machine.
SHORT_S = 0.5


@asynccontextmanager
async def _server(serve: Serve):  # type: ignore[no-untyped-def]
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


def _ask(
    serve: Serve,
    work: Callable[[HttpClient], Awaitable[T]],
    idle_s: float = 5.0,
) -> T:
    async def scenario() -> T:
        async with _server(serve) as port:
            client = HttpClient("127.0.0.1", port, Pause(), Patience(idle_s, 1.0))
            try:
                return await work(client)
            finally:
                await client.close()

    return asyncio.run(scenario())


async def _head(reader: asyncio.StreamReader) -> bytes:
    return await reader.readuntil(b"\r\n\r\n")


async def _ok(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        try:
            await _head(reader)
        except asyncio.IncompleteReadError:
            return
        writer.write(OK)


def test_a_connection_is_kept_for_the_next_request() -> None:
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await _ok(reader, writer)

    async def work(client: HttpClient) -> list[Reply]:
        return [await client.request("GET", "/") for _ in range(5)]

    replies = _ask(serve, work)
    assert [reply.content for reply in replies] == [b"hello"] * 5
    assert connections == 1


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"", "closed"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel", "closed"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "malformed"),
    ],
)
def test_a_reply_that_ends_early_or_makes_no_sense_is_an_error(sent: bytes, code: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _head(reader)
        writer.write(sent)
        writer.close()

    with pytest.raises(LinkError) as failure:
        _ask(serve, lambda client: client.request("GET", "/"))
    assert failure.value.code == code


def test_silence_is_given_up_after_its_time_and_slowness_is_not() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _head(reader)
        writer.write(OK[:-1])
        await reader.read()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _head(reader)
        for byte in OK:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.02)

    began = time.monotonic()
    with pytest.raises(LinkError, match=r"^timeout: no byte moved for 0\.\d s"):
        _ask(silent, lambda client: client.request("GET", "/"), SHORT_S)
    assert time.monotonic() - began >= SHORT_S
    assert _ask(slow, lambda client: client.request("GET", "/"), SHORT_S).content == b"hello"


def test_a_long_request_to_a_slow_reader_is_not_silence() -> None:
    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _head(reader)
        left = 4_000_000
        while left:
            left -= len(await reader.read(100_000))
            await asyncio.sleep(0.02)
        writer.write(OK)

    reply = _ask(slow, lambda client: client.request("PUT", "/", body=BytesBody(b"x" * 4_000_000)), SHORT_S)
    assert reply.content == b"hello"


def test_a_paused_flow_neither_sends_nor_reads_nor_loses_patience() -> None:
    seen = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        for _ in range(2):
            await _head(reader)
            seen += 1
            writer.write(OK)

    async def work(client: HttpClient) -> Reply:
        await client.request("GET", "/")
        pause.set_running(False)
        asking = asyncio.create_task(client.request("GET", "/"))
        await asyncio.sleep(2 * SHORT_S)
        assert not asking.done()
        assert seen == 1
        pause.set_running(True)
        return await asking

    async def make() -> Reply:
        async with _server(serve) as port:
            client = HttpClient("127.0.0.1", port, pause, Patience(SHORT_S, 1.0))
            return await work(client)

    pause = Pause()
    assert asyncio.run(make()).content == b"hello"


def test_a_refusal_before_the_whole_body_was_sent_is_a_reply() -> None:
    class Endless:
        size = 10_000_000

        def chunks(self) -> Iterable[bytes]:
            for _ in range(1000):
                yield b"x" * 10_000

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _head(reader)
        writer.write(b"HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno")
        await reader.readexactly(10_000_000)  # as the relay does: what is still to come is read and dropped
        writer.close()

    reply = _ask(serve, lambda client: client.request("PUT", "/", body=Endless()))
    assert (reply.status, reply.content) == (413, b"no")


def test_nobody_there_is_refused() -> None:
    async def scenario() -> None:
        async with _server(_ok) as port:
            pass
        await HttpClient("127.0.0.1", port, Pause(), Patience(0.2)).request("GET", "/")

    with pytest.raises(LinkError) as failure:
        asyncio.run(scenario())
    assert failure.value.code == "refused"


def test_closing_fails_what_is_under_way() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        await reader.read()

    async def work(client: HttpClient) -> str:
        asking = asyncio.create_task(client.request("GET", "/"))
        await asyncio.sleep(0.05)
        await client.close()
        with pytest.raises(LinkError) as failure:
            await asking
        return failure.value.code

    assert _ask(serve, work, idle_s=30) == "closed"

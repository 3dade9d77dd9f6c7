"""What is logged where a connection ends: whatever a change raises, and nothing of a connection that goes."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator, Mapping

import pytest

from syncproof.faults.passing_on import Answered, Change, Connection, pass_on

FULL = OSError(28, "No space left on device")


def unchanged(data: bytes) -> bytes:
    return data


def raises(wrong: Exception) -> Change:
    def change(_data: bytes) -> bytes:
        raise wrong

    return change


def with_changes(upstream: Change = unchanged, downstream: Change = unchanged) -> Callable[[], Connection]:
    return lambda: contextlib.nullcontext((upstream, downstream))


def no_folder() -> Connection:
    raise FileNotFoundError(2, "No such file or directory")


@contextlib.contextmanager
def full_at_the_end() -> Iterator[tuple[Change, Change]]:
    yield unchanged, unchanged
    raise FULL


async def answer_of(connection: Callable[[], Connection], *, relay: bool = True) -> bytes:
    """What somebody reads who says `hello` through the program to a relay that says it back, and ends."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read(100))
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0, start_serving=relay)
    port = server.sockets[0].getsockname()[1]
    serves: asyncio.Future[Mapping[str, object]] = asyncio.get_running_loop().create_future()
    config = {"host": "127.0.0.1", "port": 0, "upstream": f"127.0.0.1:{port}"}
    program = asyncio.ensure_future(pass_on(config, serves.set_result, connection))
    at = await serves
    reader, writer = await asyncio.open_connection(str(at["host"]), int(str(at["port"])))
    writer.write(b"hello")
    try:
        return await reader.read()
    except ConnectionResetError:  # what it said was not read
        return b""
    finally:
        writer.close()
        if not program.done():
            signal.raise_signal(signal.SIGTERM)
        await program
        server.close()


def read_by_a_client(connection: Callable[[], Connection], *, relay: bool = True) -> bytes:
    return asyncio.run(asyncio.wait_for(answer_of(connection, relay=relay), 60))


@pytest.mark.parametrize(
    ("connection", "raised"),
    [
        (with_changes(raises(FULL)), "No space left"),
        (with_changes(downstream=raises(FULL)), "No space left"),
        (with_changes(raises(ValueError("Not a frame."))), "Not a frame."),
        (no_folder, "No such file"),
        (full_at_the_end, "No space left"),
    ],
    ids=["upstream", "downstream", "another error", "beginning", "ending"],
)
def test_what_a_change_raises_is_logged(
    connection: Callable[[], Connection], raised: str, caplog: pytest.LogCaptureFixture
) -> None:
    read_by_a_client(connection)
    (told,) = caplog.records
    assert told.levelname == "ERROR"
    assert raised in caplog.text


@pytest.mark.parametrize(
    ("connection", "relay", "read"),
    [
        (with_changes(), True, b"hello"),
        (with_changes(bytes.upper), True, b"HELLO"),
        (with_changes(raises(Answered(b"no"))), True, b"no"),
        (with_changes(), False, b""),
    ],
    ids=["as it is", "changed", "answered", "no relay"],
)
def test_an_ordinary_end_is_not_logged(
    connection: Callable[[], Connection], relay: bool, read: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert read_by_a_client(connection, relay=relay) == read
    assert not caplog.records

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

import httpcore
import pytest

from syncproof_agentkit.network import PausableNetwork
from syncproof_agentkit.pause import Pause

HOST = "127.0.0.1"
#: Longer than anything takes that is not held up.
PATIENCE_S = 0.3
#: More than any socket buffers.
MUCH = b"x" * 8_000_000


async def _during_a_pause(pause: Pause, work: Awaitable[object], then: Callable[[], None]) -> object:
    """Begin, pause before patience ends, stay so for longer than patience, and let what was in the way go."""
    task = asyncio.ensure_future(work)
    await asyncio.sleep(PATIENCE_S / 3)
    pause.set_running(False)
    await asyncio.sleep(PATIENCE_S * 2)
    assert not task.done()
    then()
    pause.set_running(True)
    return await asyncio.wait_for(task, 10)


def _busy_listener() -> tuple[socket.socket, socket.socket]:
    """A server whose queue is full, so that nobody else can connect; with the connection that fills it."""
    listener = socket.create_server((HOST, 0), backlog=0)
    return listener, socket.create_connection(listener.getsockname())


def test_a_pause_during_a_blocked_write_is_no_silence() -> None:
    async def scenario() -> None:
        with socket.create_server((HOST, 0)) as listener:
            pause = Pause()
            stream = await PausableNetwork(pause).connect_tcp(HOST, listener.getsockname()[1])
            accepted, _ = listener.accept()
            reader, writer = await asyncio.open_connection(sock=accepted)
            reads: list[asyncio.Future[bytes]] = []
            await _during_a_pause(
                pause,
                stream.write(MUCH, PATIENCE_S),
                lambda: reads.append(asyncio.ensure_future(reader.readexactly(len(MUCH)))),
            )
            assert await reads[0] == MUCH
            await stream.aclose()
            writer.close()

    asyncio.run(scenario())


def test_a_pause_during_a_blocked_connect_is_no_silence() -> None:
    async def scenario() -> None:
        listener, first = _busy_listener()
        with listener, first:
            pause = Pause()
            connecting = PausableNetwork(pause).connect_tcp(HOST, listener.getsockname()[1], PATIENCE_S)
            stream = await _during_a_pause(pause, connecting, lambda: listener.accept()[0].close())
            assert isinstance(stream, httpcore.AsyncNetworkStream)
            await stream.aclose()

    asyncio.run(scenario())


def test_without_a_pause_patience_ends() -> None:
    async def scenario() -> None:
        listener, first = _busy_listener()
        with listener, first:
            with pytest.raises(httpcore.ConnectTimeout):
                await PausableNetwork(Pause()).connect_tcp(HOST, listener.getsockname()[1], PATIENCE_S)
            listener.accept()[0].close()
            stream = await PausableNetwork(Pause()).connect_tcp(HOST, listener.getsockname()[1])
            with pytest.raises(httpcore.WriteTimeout):
                await stream.write(MUCH, PATIENCE_S)
            await stream.aclose()

    asyncio.run(scenario())


def test_what_breaks_during_a_write_is_told_after_the_pause() -> None:
    async def scenario() -> None:
        with socket.create_server((HOST, 0)) as listener:
            pause = Pause()
            stream = await PausableNetwork(pause).connect_tcp(HOST, listener.getsockname()[1])
            accepted, _ = listener.accept()
            with pytest.raises(httpcore.WriteError):
                await _during_a_pause(pause, stream.write(MUCH, PATIENCE_S), accepted.close)

    asyncio.run(scenario())

"""The program as a process: `run(config, ready)`."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Mapping
from pathlib import Path

from .changes import CHANGES, Frames

_PIECE_BYTES = 65536


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    """Pass on everything between whoever connects and the relay, with one change, until SIGTERM.

    config: host, port (0: any free one), upstream (`host:port` of the relay), change (a key of `CHANGES`), directory:
    where a file `changed` says that it was made. It is made once, on the first connection that has such a frame. ready:
    called with host and port once it serves.
    """
    asyncio.run(_serve(config, ready))


async def _serve(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    change, done = CHANGES[str(config["change"])], Path(str(config["directory"])) / "changed"
    host, _, port = str(config["upstream"]).rpartition(":")
    conversations: set[asyncio.Task[None]] = set()

    def once() -> bool:
        if done.exists():
            return False
        done.touch()
        return True

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up = Frames(change if change.stream == "upstream" else None, once)
        down = Frames(change if change.stream == "downstream" else None, once)
        with contextlib.suppress(OSError), contextlib.closing(writer):
            there, on = await asyncio.open_connection(host, int(port))
            with contextlib.closing(on):
                both = [
                    asyncio.ensure_future(_pass(reader, on, up)),
                    asyncio.ensure_future(_pass(there, writer, down)),
                ]
                try:
                    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for task in both:
                        task.cancel()
                    await asyncio.gather(*both, return_exceptions=True)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(hold(reader, writer))
        conversations.add(task)
        task.add_done_callback(conversations.discard)

    server = await asyncio.start_server(connected, str(config["host"]), int(str(config["port"])))
    where = server.sockets[0].getsockname()[:2]
    ready({"host": where[0], "port": where[1]})
    await stopping.wait()
    server.close()
    for task in conversations:
        task.cancel()
    await asyncio.gather(*conversations, return_exceptions=True)


async def _pass(source: asyncio.StreamReader, target: asyncio.StreamWriter, frames: Frames) -> None:
    while data := await source.read(_PIECE_BYTES):
        target.write(frames.feed(data))
        await target.drain()

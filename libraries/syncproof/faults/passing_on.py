"""A program on a link that passes on what both sides say, and sees or changes it on the way."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager

_PIECE_BYTES = 65536
#: Given what one side has sent, what the other side gets.
Change = Callable[[bytes], bytes]
#: What is done to one connection while it lasts: upstream, downstream.
Connection = AbstractContextManager[tuple[Change, Change]]
#: One side of a connection.
Side = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_log = logging.getLogger(__name__)


class Answered(Exception):
    """Raised by a change: nothing goes on, whoever sent this gets the reply, and the connection ends."""

    def __init__(self, reply: bytes) -> None:
        super().__init__()
        self.reply = reply


async def serve(
    config: Mapping[str, object],
    ready: Callable[[Mapping[str, object]], None],
    hold: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> None:
    """Hold each connection until it ends, until SIGTERM.

    config: host, port (0: any free one). ready: called with host and port once it serves.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    connections: set[asyncio.Future[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(hold(reader, writer))
        connections.add(task)
        task.add_done_callback(connections.discard)

    server = await asyncio.start_server(connected, str(config["host"]), int(str(config["port"])))
    where = server.sockets[0].getsockname()[:2]
    ready({"host": where[0], "port": where[1]})
    await stopping.wait()
    server.close()
    for task in connections:
        task.cancel()
    await asyncio.gather(*connections, return_exceptions=True)


async def pass_on(
    config: Mapping[str, object],
    ready: Callable[[Mapping[str, object]], None],
    connection: Callable[[], Connection],
) -> None:
    """Pass on between whoever connects and the relay, until SIGTERM.

    config: as for `serve`, and upstream (`host:port` of the relay). ready: called with host and port once it
    serves. connection: called for each new connection. A connection ends on both sides when one side ends it, and where
    `connection` or a change raises; whatever they raised is logged.
    """
    host, _, port = str(config["upstream"]).rpartition(":")

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            try:
                with connection() as (upstream, downstream):
                    try:
                        theirs = await asyncio.open_connection(host, int(port))
                    except OSError:
                        return  # the relay is not there
                    with contextlib.closing(theirs[1]):
                        await between((reader, writer), theirs, upstream, downstream)
            except Exception:  # noqa: BLE001 - whatever it raises, the log has it
                _log.exception("a connection ended")

    await serve(config, ready, hold)


async def between(ours: Side, theirs: Side, upstream: Change, downstream: Change) -> None:
    """Pass on what either side says, until one of them ends it; what goes wrong otherwise is logged.

    ours: whoever has connected. theirs: where that was to go. Neither of them is closed.
    """
    both = [
        asyncio.ensure_future(_pass(ours[0], theirs[1], upstream, ours[1])),
        asyncio.ensure_future(_pass(theirs[0], ours[1], downstream, theirs[1])),
    ]
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in both:
            task.cancel()
        for ended in await asyncio.gather(*both, return_exceptions=True):
            if isinstance(ended, Exception):
                _log.error("a connection ended", exc_info=ended)


async def _pass(
    source: asyncio.StreamReader, target: asyncio.StreamWriter, change: Change, back: asyncio.StreamWriter
) -> None:
    with contextlib.suppress(OSError):  # of the connection: either side may end it
        while data := await source.read(_PIECE_BYTES):
            try:
                on = change(data)
            except Answered as answered:
                back.write(answered.reply)
                await back.drain()
                return
            except Exception:  # noqa: BLE001 - whatever it raises, the log has it
                _log.exception("a connection ended")
                return
            target.write(on)
            await target.drain()

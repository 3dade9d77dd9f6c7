"""The man in the middle as a process: `run(config, ready)`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
import sys
from collections.abc import Callable, Mapping
from typing import cast
from urllib.parse import unquote

from . import DECEIVED_PATH, How
from .requests import Requests
from .swapping import Swapper

_MAIL = "/to-device/"
_PIECE_BYTES = 65536

log = logging.getLogger("man_in_the_middle")


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    """Pass on everything between whoever connects and the relay, until SIGTERM.

    config: host, port (0: any free one), upstream (`host:port` of the relay), how (see `How`). ready: called with host
    and port once it serves.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    asyncio.run(_serve(config, ready))


async def _serve(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    swapper = Swapper(cast(How, config["how"]))
    upstream = str(config["upstream"])
    conversations: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(_Conversation(swapper, upstream).hold(reader, writer))
        conversations.add(task)
        task.add_done_callback(conversations.discard)

    server = await asyncio.start_server(connected, str(config["host"]), int(str(config["port"])))
    host, port = server.sockets[0].getsockname()[:2]
    ready({"host": host, "port": port})
    await stopping.wait()
    server.close()
    for task in conversations:
        task.cancel()
    await asyncio.gather(*conversations, return_exceptions=True)


class _Conversation:
    """One connection of a device, and the one to the relay that belongs to it."""

    def __init__(self, swapper: Swapper, upstream: str) -> None:
        self._swapper, self._upstream = swapper, upstream
        self._asked = False

    async def hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until either side ends."""
        host, _, port = self._upstream.rpartition(":")
        with contextlib.suppress(OSError), contextlib.closing(writer):
            there, on = await asyncio.open_connection(host, int(port))
            with contextlib.closing(on):
                requests = Requests(self._rewrite)
                both = [
                    asyncio.ensure_future(self._pass(reader, on, requests.feed, writer)),
                    asyncio.ensure_future(self._pass(there, writer, bytes, writer)),
                ]
                try:
                    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for task in both:
                        task.cancel()
                    for ended in await asyncio.gather(*both, return_exceptions=True):
                        if isinstance(ended, Exception) and not isinstance(ended, OSError):
                            log.error("a conversation ended: %r", ended)

    async def _pass(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        change: Callable[[bytes], bytes],
        back: asyncio.StreamWriter,
    ) -> None:
        while data := await source.read(_PIECE_BYTES):
            on = change(data)
            if self._asked:
                answer = json.dumps(self._swapper.deceived).encode()
                back.write(
                    b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(answer)
                )
                back.write(answer)
                await back.drain()
                return
            target.write(on)
            await target.drain()

    def _rewrite(self, method: str, path: str) -> Callable[[bytes], bytes] | None:
        if path == DECEIVED_PATH:
            self._asked = True
        if method != "PUT" or not path.startswith(_MAIL):
            return None
        to = unquote(path.removeprefix(_MAIL))

        def swap(body: bytes) -> bytes:
            mail = json.loads(body)
            told = json.loads(mail["content"])
            mail["content"] = json.dumps(self._swapper.swap(to, told))
            return json.dumps(mail).encode()

        return swap

"""The hostile client as a process: `run(config, ready)`. It attacks once, and says in a file what came of it."""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from syncproof.evidence.met import Ending, Met
from syncproof.faults.hostile_client.attacks import conversations
from syncproof.faults.hostile_client.conversation import Conversation
from syncproof.kernel.server import RawRequest

_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})[^\r]*\r\n((?:[^\r]+\r\n)*)\r\n")
_WAIT = re.compile(rb"^retry-after:", re.IGNORECASE | re.MULTILINE)
_UPGRADED = 101
_PIECE_BYTES = 65536


class Config(msgspec.Struct, frozen=True):
    """Of the process.

    patience_s: how long it waits for the server on each connection, unscaled. openings: file with them, as JSON.
    recorded: files.
    """

    directory: str
    host: str
    port: int
    attack: str
    scale: float
    patience_s: float
    openings: str
    recorded: tuple[str, ...] = ()


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    """Attack a server once, write down what it did, and wait for SIGTERM.

    config: see `Config`. ready: called before the first connection, without anything to say.
    """
    asyncio.run(_attack(msgspec.convert(config, Config), ready))


async def _attack(config: Config, ready: Callable[[Mapping[str, object]], None]) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    ready({"host": "127.0.0.1", "port": 0})
    openings = msgspec.json.decode(Path(config.openings).read_bytes(), type=dict[str, RawRequest])
    recorded = tuple(Path(path).read_bytes() for path in config.recorded)
    said = conversations(config.attack, openings, recorded)
    held = [_Held(config, each) for each in said for _ in range(each.copies)]
    all_begun = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for each in held:
            group.create_task(each.hold(all_begun))
            await asyncio.sleep(each.conversation.apart_s)
        all_begun.set()
    path = Path(config.directory) / "met.json"
    written = path.with_suffix(".new")
    written.write_bytes(msgspec.json.encode(_together(held)))
    written.rename(path)
    await stopping.wait()


@dataclass
class _Held:
    """One connection."""

    config: Config
    conversation: Conversation
    sent: int = 0
    heard: int = 0
    took_s: float = 0.0
    ending: Ending = "unreachable"
    statuses: tuple[int, ...] = ()
    told_to_wait: bool = False
    _first_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def hold(self, all_begun: asyncio.Event) -> None:
        """Connect, speak, and wait for what the server does."""
        started = time.monotonic()
        loop, said = asyncio.get_running_loop(), self.conversation
        with contextlib.suppress(OSError), socket.socket() as raw:
            raw.setblocking(False)
            if said.sips:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, said.sips)
            where = (self.config.host, self.config.port)
            await asyncio.wait_for(loop.sock_connect(raw, where), self.config.patience_s)
            self.ending = "silent"
            speaking, *waiting = map(
                asyncio.ensure_future, (self._speak(raw), self._listen(raw), self._stay(all_begun))
            )
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for each in (speaking, *waiting):
                each.cancel()
            await asyncio.gather(speaking, *waiting, return_exceptions=True)
        self.took_s = time.monotonic() - started

    async def _speak(self, raw: socket.socket) -> None:
        said = self.conversation
        for n, piece in enumerate(said.pieces):
            if n:
                await asyncio.sleep(said.pause_s * self.config.scale)
            await self._send(raw, piece)
        if said.hangs_up:
            raw.shutdown(socket.SHUT_WR)
        if said.then:
            await self._first_answer.wait()
            await self._send(raw, said.then)

    async def _stay(self, all_begun: asyncio.Event) -> None:
        """As long as it waits for the server, or means to."""
        said = self.conversation
        if not said.holds_s:
            await asyncio.sleep(self.config.patience_s)
            return
        await all_begun.wait()
        if not said.may_stay:
            await asyncio.wait_for(self._first_answer.wait(), self.config.patience_s)
        await asyncio.sleep(said.holds_s * self.config.scale)
        self.ending = "left"

    async def _send(self, raw: socket.socket, content: bytes) -> None:
        loop, view = asyncio.get_running_loop(), memoryview(content)
        while view:
            piece = view[:_PIECE_BYTES]
            await loop.sock_sendall(raw, piece)
            self.sent += len(piece)
            view = view[_PIECE_BYTES:]

    async def _listen(self, raw: socket.socket) -> None:
        loop, said, heard = asyncio.get_running_loop(), self.conversation, b""
        final = 0
        while True:
            try:
                data = await loop.sock_recv(raw, said.sips or _PIECE_BYTES)
            except ConnectionError:
                data = b""
            if not data:
                self.ending = "closed"
                return
            self.heard += len(data)
            heard = (heard + data)[-(1 << 20) :]
            while (found := _STATUS.search(heard)) is not None:
                status = int(found[1])
                self.statuses = (*self.statuses, status)
                self.told_to_wait = self.told_to_wait or _WAIT.search(found[2]) is not None
                heard = heard[found.end() :]
                final += status != _UPGRADED
            if self.statuses:
                self._first_answer.set()
            if final >= said.answers and not said.holds_s:
                self.ending = "answered"
                return
            if said.leaves and _UPGRADED in self.statuses:
                self.ending = "left"
                return
            if said.sips:
                await asyncio.sleep(said.pause_s * self.config.scale)


def _together(held: list[_Held]) -> list[Met]:
    """Connections that went the same way are one."""
    counted: dict[tuple[str, Ending, tuple[int, ...], bool], list[_Held]] = {}
    for each in held:
        key = (each.conversation.what, each.ending, each.statuses, each.told_to_wait)
        counted.setdefault(key, []).append(each)
    return [
        Met(
            what=what,
            ending=ending,
            statuses=statuses,
            told_to_wait=told_to_wait,
            refusals=tuple(sorted(some[0].conversation.refusals)),
            may_stay=some[0].conversation.may_stay,
            lives_on=some[0].conversation.lives_on,
            count=len(some),
            sent=sum(each.sent for each in some),
            heard=sum(each.heard for each in some),
            slowest_s=max(each.took_s for each in some),
        )
        for (what, ending, statuses, told_to_wait), some in counted.items()
    ]

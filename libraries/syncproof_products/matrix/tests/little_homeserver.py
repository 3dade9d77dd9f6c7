"""A homeserver that answers over HTTP what a test wants it to answer, and a device that lives on it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from syncproof_agentkit.config import read_config
from syncproof_agentkit.pause import Pause
from syncproof_agentkit.shifted_clock import ShiftedClock
from syncproof_products.matrix.agent.config import Config
from syncproof_products.matrix.agent.device import Device

USER, GROUP, ROOM = "@a:test", "friends", "!room:test"
#: Status and content: JSON where it is no bytes. Nobody else is answered meanwhile on that connection.
Reply = tuple[int, object]
Answers = Callable[[], Awaitable[Reply]]

_FOUND: dict[str, object] = {
    "POST /_matrix/client/v3/login": {"access_token": "t"},
    "POST /_matrix/client/v3/keys/upload": {"one_time_key_counts": {"signed_curve25519": 50}},
    "POST /_matrix/client/v3/createRoom": {"room_id": ROOM},
    "POST /_matrix/client/v3/rooms/": {},
}


class LittleHomeserver:
    """asked: method and path of every request. answers: what is said to one, by method and the path's beginning.

    news: what the next sync brings. Whatever is not named is not found.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, Answers] = {}
        self.news: list[dict[str, Any]] = []
        self._syncs = 0
        self._news_at = 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """Its address while it is there."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        try:
            yield f"{host}:{port}"
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = [line for line in head.split("\r\n") if line.lower().startswith("content-length:")]
                await reader.readexactly(int(length[0].split(":")[1]) if length else 0)
                method, path, _ = head.split(" ", 2)
                status, content = await self._answer(f"{method} {path}")
                body = content if isinstance(content, bytes) else json.dumps(content).encode()
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
                await writer.drain()
        writer.close()

    async def _answer(self, request: str) -> Reply:
        self.asked.append(request)
        for named, answers in self.answers.items():
            if request.startswith(named):
                return await answers()
        if request.startswith("GET /_matrix/client/v3/sync"):
            return 200, await self._sync()
        found = [content for named, content in _FOUND.items() if request.startswith(named)]
        return (200, found[0]) if found else (404, {"errcode": "M_NOT_FOUND", "error": "nothing there"})

    async def _sync(self) -> dict[str, Any]:
        await asyncio.sleep(0.02)
        self._syncs += 1
        events, self.news = self.news, []
        rooms = {"join": {ROOM: {"timeline": {"events": events}}}} if events else {}
        return {"next_batch": f"s{self._syncs}", "rooms": rooms}


@dataclass
class Living:
    """A device that is online, and what it tells."""

    device: Device
    clock: ShiftedClock
    pause: Pause
    task: asyncio.Task[None]
    told: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def heard(self, kind: str) -> list[dict[str, object]]:
        """What it told of one kind."""
        return [fields for name, fields in self.told if name == kind]


@asynccontextmanager
async def living(
    homeserver: LittleHomeserver, folder: Path, *, encrypt: bool = False, **settings: float
) -> AsyncIterator[Living]:
    """A device of USER that connects to this homeserver."""
    told: list[tuple[str, dict[str, object]]] = []
    clock, pause = ShiftedClock(), Pause()
    quick = {"retry_base_s": 0.02, "retry_max_s": 0.05, "marker_debounce_s": 0.0, "company_ms": 1}
    given = {"device": USER, "directory": str(folder), "password": "secret", "encrypt": encrypt}
    config = read_config({**given, "settings": quick | settings}, Config)
    async with homeserver.listening() as address:
        device = Device(config, clock, pause, lambda kind, fields: told.append((kind, fields)))
        device.set_address(address)
        device.connect(True)
        task = asyncio.ensure_future(device.run())
        try:
            yield Living(device, clock, pause, task, told)
        finally:
            pause.set_running(True)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def until(what: str, holds: Callable[[], object], within_s: float = 30.0) -> None:
    """Wait for something of a device that lives on the same loop."""
    deadline = asyncio.get_running_loop().time() + within_s
    while not holds():
        assert asyncio.get_running_loop().time() < deadline, f"never came: {what}"
        await asyncio.sleep(0.01)

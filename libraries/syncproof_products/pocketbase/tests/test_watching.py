"""Further connections are all confirmed, or none is open; and whoever waits for them is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from syncproof_agentkit.workloads.tasks.client import FeedLost
from syncproof_products.pocketbase.agent.config import Settings
from syncproof_products.pocketbase.agent.watching import Watchers

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def _with(handler: Handler, then: Callable[[Watchers, str], Awaitable[None]]) -> None:
    server = await asyncio.start_server(handler, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    watchers = Watchers(Settings(), lambda *_: None)
    try:
        async with asyncio.timeout(20):
            await then(watchers, f"{host}:{port}")
    finally:
        await watchers.close()
        server.close()


def test_whoever_waits_is_told_when_the_client_hangs_up() -> None:
    connected = asyncio.Event()

    async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        await reader.read()
        writer.close()

    async def then(watchers: Watchers, address: str) -> None:
        opening = asyncio.create_task(watchers.open(address, "r", 2))
        await connected.wait()
        await watchers.close()
        with pytest.raises(FeedLost, match="hung up"):
            await opening

    asyncio.run(_with(says_nothing, then))


def test_where_one_is_not_confirmed_none_stays_open() -> None:
    ended = list[bool]()

    async def answers_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        ended.append(False)
        place = len(ended) - 1
        if place == 2:
            writer.write(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
        await reader.read()
        ended[place] = True
        writer.close()

    async def then(watchers: Watchers, address: str) -> None:
        with pytest.raises(FeedLost, match="503"):
            await watchers.open(address, "r", 3)
        while not all(ended):
            await asyncio.sleep(0.01)

    asyncio.run(_with(answers_one, then))

"""Whatever becomes of what a device asks its relay for, its core hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from syncproof_agentkit.blob_files import BlobFiles
from syncproof_agentkit.pause import Pause
from syncproof_products.bundled.core import actions as do
from syncproof_products.bundled.core import events as got
from syncproof_products.bundled.core.wire import SetMarker
from syncproof_products.bundled.device.bodies import Bodies
from syncproof_products.bundled.device.contents import Contents
from syncproof_products.bundled.device.http_client import Patience
from syncproof_products.bundled.device.links import RelayLinks
from syncproof_products.bundled.device.relay_client import RelayClient

ASK = do.Exchange(7, SetMarker("g", 1))
TOKEN = b'HTTP/1.1 201 Created\r\ncontent-length: 13\r\n\r\n{"token":"t"}'


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answers: bool) -> None:
    """A relay that registers a device, or one that takes everything in and says nothing."""
    while await reader.read(65536):
        if answers:
            writer.write(TOKEN)


def _no_disk(token: str) -> None:
    raise RuntimeError(f"{token} cannot be kept")


def _told(
    directory: Path, work: Callable[[RelayLinks], Coroutine[Any, Any, None]], *, answers: bool = True
) -> list[got.DeviceEvent]:
    told: list[got.DeviceEvent] = []

    async def run() -> None:
        server = await asyncio.start_server(partial(_serve, answers=answers), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        files = BlobFiles(directory / "blobs")
        bodies: Any = Bodies
        links = RelayLinks(
            files, Contents(directory, files, bodies, lambda _: bodies), told.append, moved_every_s=1
        )
        links.use(
            RelayClient(
                "127.0.0.1",
                port,
                device="Alice",
                secret="s",
                token=None,
                keep_token=_no_disk,
                pause=Pause(),
                patience=Patience(60, 60),
            )
        )
        await work(links)
        await links.close()
        server.close()

    asyncio.run(run())
    return told


async def _until(links: RelayLinks, number: int) -> None:
    async with asyncio.timeout(30):
        while number in links._tasks:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("action", "event"),
    [(ASK, got.ExchangeFailed), (do.AskUpload(7, "0" * 64), got.BlobFailed)],
    ids=("a call", "a transfer"),
)
def test_an_error_that_nobody_foresaw_is_an_end_too(
    action: do.Exchange | do.AskUpload, event: Callable[[int, str], got.DeviceEvent], tmp_path: Path
) -> None:
    async def work(links: RelayLinks) -> None:
        links.execute(action)
        await _until(links, 7)

    assert _told(tmp_path, work) == [event(7, "closed: it ended without an answer: t cannot be kept")]


def test_who_is_cancelled_by_another_than_the_core_has_ended_too(tmp_path: Path) -> None:
    async def work(links: RelayLinks) -> None:
        links.execute(ASK)
        await asyncio.sleep(0)
        links._tasks[7].cancel()  # as a library does whose own time limit is over
        await _until(links, 7)

    assert _told(tmp_path, work, answers=False) == [
        got.ExchangeFailed(7, "closed: it ended without an answer: cancelled")
    ]


def test_of_what_it_gave_up_the_core_hears_nothing(tmp_path: Path) -> None:
    async def work(links: RelayLinks) -> None:
        links.execute(ASK)
        await asyncio.sleep(0)
        links.execute(do.Cancel(7))
        links.execute(do.Exchange(8, SetMarker("g", 1)))
        await asyncio.sleep(0)  # and is closed in the middle of it

    assert _told(tmp_path, work, answers=False) == []

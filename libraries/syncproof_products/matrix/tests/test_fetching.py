"""Attachments come one by one: what cannot be had of one is no matter of the others, and no failure of the server."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
from pathlib import Path

import pytest

from syncproof_products.matrix.agent.content import event_of
from syncproof_products.matrix.agent.store import Blob
from syncproof_products.matrix.tests.little_homeserver import (
    GROUP,
    ROOM,
    USER,
    LittleHomeserver,
    Living,
    Reply,
    living,
    until,
)

FINE = b"fine"
DOWNLOADS = "GET /_matrix/client/v1/media/download"


def file_of(content: bytes, name: str) -> Blob:
    return Blob(hashlib.sha256(content).hexdigest(), len(content), name, f"mxc://test/{name}")


BAD, GOOD = file_of(b"bad", "bad"), file_of(FINE, "good")


def homeserver_with(status: int, content: bytes) -> LittleHomeserver:
    """Two attachments in one message; this is what it answers for the first."""
    homeserver = LittleHomeserver()

    async def first() -> Reply:
        return status, content

    async def second() -> Reply:
        return 200, FINE

    homeserver.answers = {f"{DOWNLOADS}/test/bad": first, f"{DOWNLOADS}/test/good": second}
    kind, content_of = event_of("append", None, "{}", (BAD, GOOD))
    homeserver.news = [{"type": kind, "content": content_of, "sender": "@b:test", "event_id": "$1"}]
    return homeserver


def downloads_tried_again(device: Living) -> set[object]:
    """By digest. A machine that stands still for long can make anything else fail once: that is another story."""
    return {retry["about"] for retry in device.heard("retry") if retry["what"] == "download"}


@pytest.mark.parametrize(("status", "content"), [(404, b"{}"), (200, b"other bytes"), (500, b"{}")])
def test_one_that_cannot_be_had_holds_up_no_other(tmp_path: Path, status: int, content: bytes) -> None:
    async def story() -> None:
        homeserver = homeserver_with(status, content)
        async with living(homeserver, tmp_path) as alice:
            alice.device.store.put_group(GROUP, ROOM, [USER, "@b:test"])
            missing = alice.device.store.missing_blobs
            await until("both", missing)
            await until("the good one", lambda: [blob.digest for blob in missing()] == [BAD.digest])
            assert alice.device.files.has(GOOD.digest)
            await until("more tries", lambda: len([a for a in homeserver.asked if "/test/bad" in a]) > 2)
            assert downloads_tried_again(alice) == {BAD.digest}
            assert len([asked for asked in homeserver.asked if "/test/good" in asked]) == 1

    asyncio.run(story())


def test_wrong_bytes_and_a_full_disk_are_no_failures_of_the_homeserver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def story() -> None:
        homeserver = homeserver_with(200, b"other bytes")
        async with living(homeserver, tmp_path, breaker_failures=2) as alice:
            monkeypatch.setattr(os, "fsync", full)
            alice.device.store.put_group(GROUP, ROOM, [USER, "@b:test"])
            await until("retries", lambda: len(alice.heard("retry")) > 4)
            assert downloads_tried_again(alice) == {BAD.digest, GOOD.digest}
            assert any("No space left" in str(retry["reason"]) for retry in alice.heard("retry"))
            assert alice.heard("breaker") == []
            # Told of every one: a trial of the circuit breaker that nobody hears of holds up all others.
            assert {str(attempt["outcome"]) for attempt in alice.heard("attempt")} == {"ok"}
            asked = [asked for asked in homeserver.asked if asked.startswith(DOWNLOADS)]
            told = [attempt for attempt in alice.heard("attempt") if attempt["what"] == "download"]
            assert len(told) >= len(asked) - 1

    asyncio.run(story())

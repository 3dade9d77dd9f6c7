"""Unfinished uploads on disk: bytes in their order, one file each, until the whole gets its name."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

from syncproof_agentkit.blob_files import storing
from syncproof_products.bundled.core.relay.limits import Limits
from syncproof_products.bundled.core.relay.uploads import Begun, Key, Uploads
from syncproof_products.bundled.core.wire import Refused
from syncproof_products.bundled.relay.blobs import BlobStore

#: Hex digits by which a file's name tells whose upload it is.
_OWNER_DIGITS = 16


class SupersededError(Exception):
    """The device goes on with this upload by another request: this one may write no more of it."""


class UploadStore:
    """What `Uploads` decides, done to files. They outlast the relay; what is lost is found by the hash of the whole.

    A part is not synced by itself: the loss of power may cost the last ones, which the device then brings again.
    """

    def __init__(self, blobs: BlobStore, limits: Limits) -> None:
        self._blobs = blobs
        self._idle_s = limits.upload_idle_s
        self._finishing = asyncio.Lock()
        self._collecting: asyncio.TimerHandle | None = None
        held = {}
        for path in blobs.files.partials():
            digest, _, owner = path.name.partition(".")
            found = path.stat()
            held[owner, digest] = (found.st_size, max(0.0, time.time() - found.st_mtime))
        self._uploads = Uploads(limits, held, time.monotonic())
        self._collect()

    def ask(self, device: str, digest: str) -> tuple[int, bool]:
        """How many bytes are here of a device's upload, and whether the whole is here, whoever brought it."""
        size = self._blobs.size(digest)
        if size is not None:
            self._blobs.touch(digest)
            return size, True
        return self._uploads.ask(time.monotonic(), _key(device, digest)), False

    def held(self, device: str, digest: str) -> tuple[int, bool]:
        """Like `ask`, and a part that is being appended goes on."""
        size = self._blobs.size(digest)
        return (self._uploads.held(_key(device, digest)), False) if size is None else (size, True)

    async def append(
        self, device: str, digest: str, offset: int, size: int, pieces: AsyncIterator[bytes]
    ) -> tuple[int, bool] | Refused:
        """Append a part, and give the whole its name when it is there; answers like `ask`. A refusal changes nothing.

        What comes of a part that breaks off stays. Raises DigestMismatchError (the bytes are thrown away),
        NotStoredError, QuotaExceededError, SupersededError, and whatever `pieces` raises.
        """
        key = _key(device, digest)
        if self._blobs.size(digest) is not None:
            self._forget(key)  # somebody else was faster
            return self.ask(device, digest)
        with self._blobs.coming(digest, size):
            begun = self._uploads.begin(time.monotonic(), key, offset, size)
            if isinstance(begun, Refused):
                return begun
            self._drop(begun.dropped)
            held = await self._write(key, begun, offset, size, pieces)
            return (held, False) if held < size else await self._finish(key, size)

    def stop(self) -> None:
        """Collect no more."""
        if self._collecting is not None:
            self._collecting.cancel()

    async def _write(
        self, key: Key, begun: Begun, offset: int, size: int, pieces: AsyncIterator[bytes]
    ) -> int:
        held = offset
        with storing():
            file = self._path(key).open("r+b" if offset else "wb", buffering=0)
        with file:
            async for piece in pieces:
                if not self._uploads.writes(key, begun.writer):
                    raise SupersededError
                with storing():
                    try:
                        file.seek(held)
                        kept = memoryview(piece)[: size - held]
                        while kept:
                            kept = kept[file.write(kept) :]
                    except OSError:
                        os.ftruncate(file.fileno(), held)
                        raise
                held = self._uploads.wrote(time.monotonic(), key, min(len(piece), size - held))
        return held

    async def _finish(self, key: Key, size: int) -> tuple[int, bool]:
        async with self._finishing:
            if self._blobs.size(key[1]) is None:
                try:
                    await self._blobs.adopt(_name(key), key[1], size)
                finally:
                    if not self._path(key).exists():
                        self._uploads.forget(key)
            else:
                self._forget(key)
        return size, True

    def _forget(self, key: Key) -> None:
        self._uploads.forget(key)
        self._drop((key,))

    def _collect(self) -> None:
        self._drop(tuple(self._uploads.collect(time.monotonic())))
        self._collecting = asyncio.get_running_loop().call_later(self._idle_s / 4, self._collect)

    def _drop(self, keys: tuple[Key, ...]) -> None:
        for key in keys:
            self._path(key).unlink(missing_ok=True)

    def _path(self, key: Key) -> Path:
        return self._blobs.files.partial(_name(key))


def _key(device: str, digest: str) -> Key:
    return hashlib.sha256(device.encode()).hexdigest()[:_OWNER_DIGITS], digest


def _name(key: Key) -> str:
    owner, digest = key
    return f"{digest}.{owner}"

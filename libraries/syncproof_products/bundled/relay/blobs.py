"""The relay's blobs: bounded in size, and read in pieces off the event loop."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Set
from contextlib import contextmanager
from pathlib import Path

from syncproof_agentkit.blob_files import BlobFiles, storing, sync_directory
from syncproof_products.bundled.relay.quota import Quota, Room


class BlobTooLargeError(Exception):
    """More bytes came than a blob may have."""


class StorageAwayError(Exception):
    """The directory of the blobs cannot be reached. What is in it is there again when it is."""


class BlobStore:
    """The blobs in one directory. Files that a killed relay left half written are removed when it opens."""

    def __init__(self, directory: Path, max_bytes: int, chunk_bytes: int, quota_bytes: int) -> None:
        self.files = BlobFiles(directory)
        self._expired = directory / "expired"
        self._expired.mkdir(exist_ok=True)
        self._max_bytes = max_bytes
        self._chunk_bytes = chunk_bytes
        self.quota = Quota(quota_bytes, sum(map(self.files.size, self.files.digests())))
        self._held: Counter[str] = Counter()

    @property
    def max_bytes(self) -> int:
        """The most bytes that a blob may have."""
        return self._max_bytes

    async def put(self, digest: str, size: int, chunks: AsyncIterator[bytes]) -> bool:
        """Store a blob; whether it is new. It is durable when this returns. size: what it announces, 0 for nothing.

        Raises DigestMismatchError, BlobTooLargeError, QuotaExceededError, and NotStoredError if the disk does not take
        it.
        """
        with self.coming(digest, size) as room:
            counted = self._bounded(chunks, room)
            is_new = await self.files.keep(digest, counted)
            self._brought(digest, self.files.size(digest) if is_new else 0)
        return is_new

    @contextmanager
    def coming(self, digest: str, size: int) -> Iterator[Room | None]:
        """While a blob of so many bytes is brought, nobody takes it away as unneeded; None: it needs no more room.

        Raises QuotaExceededError where there is no room for it.
        """
        with self.held({digest}):
            if self.files.has(digest):
                yield None
                return
            with self.quota.room(digest) as room:
                room.need(size)
                yield room

    async def adopt(self, name: str, digest: str, size: int) -> None:
        """Make a partial file of that name the blob, if it is. It is durable when this returns.

        Raises DigestMismatchError (the file is gone then), and NotStoredError if the disk does not take it.
        """
        with storing():
            is_new = await asyncio.to_thread(self._adopt, name, digest, size)
        self._brought(digest, size if is_new else 0)

    def discard(self, digest: str) -> bool:
        """Take a blob away; whether there was one."""
        size = self.size(digest)
        if size is None:
            return False
        self.files.discard(digest)
        self.quota.used -= size
        return True

    @contextmanager
    def held(self, digests: Set[str]) -> Iterator[None]:
        """Meanwhile these are needed, whatever is on record."""
        self._held.update(digests)
        try:
            yield
        finally:
            self._held -= Counter(digests)

    def is_held(self, digest: str) -> bool:
        """Whether somebody needs it just now."""
        return digest in self._held

    def touch(self, digest: str) -> None:
        """Somebody needs a blob, and would bring it if it was not here: its time begins anew."""
        os.utime(self.files.path(digest))

    def ages(self) -> list[tuple[str, float]]:
        """Each blob, and for how many seconds nobody has brought it. Raises OSError."""
        return [(digest, self.age(digest)) for digest in sorted(self.files.digests())]

    def age(self, digest: str) -> float:
        """For how many seconds nobody has brought a blob. Raises OSError."""
        return max(0.0, time.time() - self.files.path(digest).stat().st_mtime)

    def expire(self, digest: str) -> None:
        """Take a blob away because its time is over, and remember that it was here."""
        (self._expired / digest).touch()
        sync_directory(self._expired)
        self.discard(digest)

    def has_expired(self, digest: str) -> bool:
        """Whether it was here, and its time is over."""
        return (self._expired / digest).exists()

    def size(self, digest: str) -> int | None:
        """Bytes of a blob; None if it is not here. Raises StorageAwayError where nobody can tell."""
        try:
            return self.files.size(digest)
        except OSError as error:
            if isinstance(error, FileNotFoundError) and self.files.is_there:
                return None
            raise StorageAwayError(error.strerror) from None

    async def read(self, digest: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to, without, `end`, in pieces."""
        file = await asyncio.to_thread(self.files.path(digest).open, "rb")
        with file:
            file.seek(start)
            left = end - start
            while left > 0:
                chunk = await asyncio.to_thread(file.read, min(left, self._chunk_bytes))
                if not chunk:
                    raise OSError(f"blob {digest} ends {left} bytes early")
                left -= len(chunk)
                yield chunk

    def _brought(self, digest: str, more: int) -> None:
        """Somebody has brought a blob. more: bytes that are taken now and were not before."""
        self.quota.used += more
        if not more:
            self.touch(digest)
        (self._expired / digest).unlink(missing_ok=True)

    def _adopt(self, name: str, digest: str, size: int) -> bool:
        with self.files.resume(digest, size, name) as writer:
            return writer.finish()

    async def _bounded(self, chunks: AsyncIterator[bytes], room: Room | None) -> AsyncIterator[bytes]:
        """room: for what it takes more than is taken already."""
        size = 0
        async for chunk in chunks:
            size += len(chunk)
            if size > self._max_bytes:
                raise BlobTooLargeError
            if room is not None:
                room.need(size)
            yield chunk

"""The relay's blobs: bounded in size, and read in pieces off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from syncproof_agentkit.blob_files import BlobFiles, storing


class BlobTooLargeError(Exception):
    """More bytes came than a blob may have."""


class BlobStore:
    """The blobs in one directory. Files that a killed relay left half written are removed when it opens."""

    def __init__(self, directory: Path, max_bytes: int, chunk_bytes: int) -> None:
        self.files = BlobFiles(directory)
        self._max_bytes = max_bytes
        self._chunk_bytes = chunk_bytes
        self.bytes_stored = 0

    @property
    def max_bytes(self) -> int:
        """The most bytes that a blob may have."""
        return self._max_bytes

    async def put(self, digest: str, chunks: AsyncIterator[bytes]) -> bool:
        """Store a blob; whether it is new. It is durable when this returns.

        Raises DigestMismatchError, BlobTooLargeError, and NotStoredError if the disk does not take it.
        """
        is_new = await self.files.keep(digest, self._bounded(chunks))
        if is_new:
            self.bytes_stored += self.files.size(digest)
        return is_new

    async def adopt(self, name: str, digest: str, size: int) -> None:
        """Make a partial file of that name the blob, if it is. It is durable when this returns.

        Raises DigestMismatchError (the file is gone then), and NotStoredError if the disk does not take it.
        """
        with storing():
            is_new = await asyncio.to_thread(self._adopt, name, digest, size)
        if is_new:
            self.bytes_stored += size

    def size(self, digest: str) -> int | None:
        """Bytes of a blob; None if it is not here."""
        try:
            return self.files.size(digest)
        except FileNotFoundError:
            return None

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

    def _adopt(self, name: str, digest: str, size: int) -> bool:
        with self.files.resume(digest, size, name) as writer:
            return writer.finish()

    async def _bounded(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in chunks:
            size += len(chunk)
            if size > self._max_bytes:
                raise BlobTooLargeError
            yield chunk

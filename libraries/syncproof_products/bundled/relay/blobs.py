"""Content-addressed blobs as files: whole, verified and synced before they have their name."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from syncproof_products.bundled.relay.directory import sync_directory


class DigestMismatchError(Exception):
    """The bytes are not those that the digest names. seen: the digest of what came, sha256 hex."""

    def __init__(self, seen: str) -> None:
        super().__init__(seen)
        self.seen = seen


class BlobTooLargeError(Exception):
    """More bytes came than a blob may have."""


class BlobStore:
    """The blobs in one directory. Files that a killed relay left half written are removed when it opens."""

    def __init__(self, directory: Path, max_bytes: int, chunk_bytes: int) -> None:
        self._directory = directory
        self._partial = directory / "partial"
        self._max_bytes = max_bytes
        self._chunk_bytes = chunk_bytes
        self._numbers = itertools.count(1)
        self.bytes_stored = 0
        self._partial.mkdir(parents=True, exist_ok=True)
        for leftover in self._partial.iterdir():
            leftover.unlink()

    @property
    def max_bytes(self) -> int:
        """The most bytes that a blob may have."""
        return self._max_bytes

    async def put(self, digest: str, chunks: AsyncIterator[bytes]) -> bool:
        """Store a blob; whether it is new. It is durable when this returns.

        Raises DigestMismatchError, BlobTooLargeError, and OSError if the disk does not take it.
        """
        path = self._partial / str(next(self._numbers))
        try:
            with path.open("xb") as file:
                size = await self._receive(file, digest, chunks)
                await asyncio.to_thread(_sync, file)
            is_new = await asyncio.to_thread(self._name, path, digest)
        finally:
            path.unlink(missing_ok=True)
        if is_new:
            self.bytes_stored += size
        return is_new

    def size(self, digest: str) -> int | None:
        """Bytes of a blob; None if it is not here."""
        try:
            return self._path(digest).stat().st_size
        except FileNotFoundError:
            return None

    async def read(self, digest: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to, without, `end`, in pieces."""
        file = await asyncio.to_thread(self._path(digest).open, "rb")
        with file:
            file.seek(start)
            left = end - start
            while left > 0:
                chunk = await asyncio.to_thread(file.read, min(left, self._chunk_bytes))
                if not chunk:
                    raise OSError(f"blob {digest} ends {left} bytes early")
                left -= len(chunk)
                yield chunk

    async def _receive(self, file: BinaryIO, digest: str, chunks: AsyncIterator[bytes]) -> int:
        size = 0
        sha256 = hashlib.sha256()
        async for chunk in chunks:
            size += len(chunk)
            if size > self._max_bytes:
                raise BlobTooLargeError
            sha256.update(chunk)
            file.write(chunk)
        if sha256.hexdigest() != digest:
            raise DigestMismatchError(sha256.hexdigest())
        return size

    def _path(self, digest: str) -> Path:
        return self._directory / digest[:2] / digest

    def _name(self, path: Path, digest: str) -> bool:
        """Give a synced file its name, durably; whether there was none of that name."""
        final = self._path(digest)
        final.parent.mkdir(exist_ok=True)
        try:
            os.link(path, final)  # unlike a rename, it says when another upload of the same was first
            is_new = True
        except FileExistsError:
            is_new = False
        # Also for the second: the first may not have come to this yet, and both promise a durable blob.
        sync_directory(self._directory)
        sync_directory(final.parent)
        return is_new


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())

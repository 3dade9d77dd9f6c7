"""Attachments on this device: whole and verified, or not there."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path


class DigestMismatch(Exception):
    """Other bytes than the digest names."""


class Files:
    """A folder with a file for each attachment, named by its sha256."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers = 0
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, digest: str) -> Path:
        """Where it is, or would be."""
        return self._folder / digest

    def has(self, digest: str) -> bool:
        """Whether it is here."""
        return self.path(digest).exists()

    def size(self, digest: str) -> int:
        """Bytes of a file that is here."""
        return self.path(digest).stat().st_size

    async def keep(self, digest: str, pieces: AsyncIterator[bytes]) -> int:
        """Write a file and verify it; answers its size. Raises DigestMismatch, and whatever `pieces` raises."""
        self._writers += 1
        draft = self._folder / f".{digest}.{self._writers}"
        hashed, size = hashlib.sha256(), 0
        try:
            with draft.open("wb") as file:
                async for piece in pieces:
                    file.write(piece)
                    hashed.update(piece)
                    size += len(piece)
                file.flush()
                os.fsync(file.fileno())
            if hashed.hexdigest() != digest:
                raise DigestMismatch(f"the bytes have sha256 {hashed.hexdigest()}, not {digest}")
            draft.rename(self.path(digest))
        finally:
            draft.unlink(missing_ok=True)
        return size

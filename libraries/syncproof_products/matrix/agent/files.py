"""Attachments on this device: whole and verified, or not there."""

from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class DigestMismatch(Exception):
    """Other bytes than the digest names."""


class NotStored(Exception):
    """This device could not write it, for instance because its disk is full."""


class Files:
    """A folder with a file for each attachment, named by its sha256. What was half written when it died is gone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers = 0
        folder.mkdir(parents=True, exist_ok=True)
        for draft in folder.glob(".*"):
            draft.unlink()

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
        """Write a file and verify it; answers its size.

        Raises DigestMismatch, NotStored, and whatever `pieces` raises.
        """
        self._writers += 1
        draft = self._folder / f".{digest}.{self._writers}"
        hashed, size = hashlib.sha256(), 0
        with _storing():
            file = draft.open("wb")
        try:
            async for piece in pieces:
                with _storing():
                    file.write(piece)
                hashed.update(piece)
                size += len(piece)
            with _storing():
                file.flush()
                os.fsync(file.fileno())
            if hashed.hexdigest() != digest:
                raise DigestMismatch(f"the bytes have sha256 {hashed.hexdigest()}, not {digest}")
            with _storing():
                draft.rename(self.path(digest))
        finally:
            with suppress(OSError):  # what is still buffered goes nowhere anyway
                file.close()
            draft.unlink(missing_ok=True)
        return size


@contextmanager
def _storing() -> Iterator[None]:
    """Only around what is done to the file: where its bytes come from has troubles of its own."""
    try:
        yield
    except OSError as error:
        raise NotStored(error.strerror or str(error)) from error

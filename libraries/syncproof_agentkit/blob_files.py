"""Attachments on disk: whole and verified under their digest, or partial, for a download to go on from."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

CHUNK_BYTES = 64 * 1024


class DigestMismatchError(Exception):
    """The bytes are not those that the digest names."""

    def __init__(self, expected: str, seen: str, size: int) -> None:
        super().__init__(f"expected sha256 {expected}, these {size} bytes have {seen}")
        self.seen = seen


class NotStoredError(Exception):
    """They could not be written, for instance because the disk is full."""


@dataclass(frozen=True, slots=True)
class FileBody:
    """An attachment as the body of a request, or `size` bytes of it from `start` on."""

    path: Path
    size: int
    start: int = 0

    def chunks(self) -> Iterator[bytes]:
        """The bytes, 64 KiB at a time."""
        left = self.size
        with self.path.open("rb") as source:
            source.seek(self.start)
            while chunk := source.read(min(left, CHUNK_BYTES)):
                left -= len(chunk)
                yield chunk


class BlobFiles:
    """The attachments in one directory.

    A file named by its digest is whole: it was hashed and synced to disk before it got that name.
    """

    def __init__(self, directory: Path) -> None:
        self._whole = directory / "whole"
        self._partial = directory / "partial"
        self._arriving = directory / "arriving"
        self._writers = 0
        for folder in (self._whole, self._partial, self._arriving):
            folder.mkdir(parents=True, exist_ok=True)
        sync_directory(directory)
        for leftover in sorted(self._arriving.iterdir()):
            leftover.unlink()

    @property
    def is_there(self) -> bool:
        """Whether the directory can be reached: where it is away, nobody knows what is in it."""
        return self._whole.is_dir()

    def has(self, digest: str) -> bool:
        """The attachment is here, whole and verified."""
        return self.path(digest).is_file()

    def path(self, digest: str) -> Path:
        """Where the whole attachment is or would be."""
        return self._whole / digest

    def digests(self) -> set[str]:
        """Those of all whole attachments."""
        return {path.name for path in self._whole.iterdir()}

    def discard(self, digest: str) -> None:
        """Take a whole attachment away."""
        self.path(digest).unlink(missing_ok=True)

    def size(self, digest: str) -> int:
        """Bytes of a whole attachment. Raises FileNotFoundError."""
        return self.path(digest).stat().st_size

    def body(self, digest: str) -> FileBody:
        """The whole attachment as a request's body. Raises FileNotFoundError."""
        return FileBody(self.path(digest), self.size(digest))

    def part(self, digest: str, start: int, size: int) -> FileBody:
        """Some bytes of a whole attachment as a request's body."""
        return FileBody(self.path(digest), size, start)

    def partial(self, name: str) -> Path:
        """Where what has come of a transfer of that name is or would be."""
        return self._partial / name

    def partial_size(self, digest: str) -> int:
        """Bytes that an interrupted download left behind."""
        try:
            return (self._partial / digest).stat().st_size
        except FileNotFoundError:
            return 0

    def partials(self) -> list[Path]:
        """The files of interrupted downloads, each named by its digest."""
        return sorted(self._partial.iterdir())

    def drop_partial(self, digest: str) -> None:
        """Forget an interrupted download."""
        (self._partial / digest).unlink(missing_ok=True)

    def receive(self, digest: str) -> BlobWriter:
        """Write an attachment from its first byte on, undisturbed by other writers of the same digest."""
        self._writers += 1
        return BlobWriter(self._arriving / f"{digest}.{self._writers}", self.path(digest), digest, offset=0)

    async def keep(self, digest: str, pieces: AsyncIterator[bytes]) -> bool:
        """Have a whole attachment here; True where it is new. It is durable when this returns.

        Raises DigestMismatchError, NotStoredError, and whatever `pieces` raises.
        """
        with storing():
            writer = self.receive(digest)
        with writer:
            async for piece in pieces:
                with storing():
                    writer.write(piece)
            with storing():
                return await asyncio.to_thread(writer.finish)

    def resume(self, digest: str, offset: int, name: str = "") -> BlobWriter:
        """Go on with a transfer at `offset` bytes, which must not be more than the partial file holds.

        name: of the partial file; its digest if none is given.
        """
        return BlobWriter(self.partial(name or digest), self.path(digest), digest, offset=offset, keep=True)


class BlobWriter:
    """One attachment on its way to disk. `finish` verifies it; leaving before drops or keeps it."""

    def __init__(self, temporary: Path, final: Path, digest: str, *, offset: int, keep: bool = False) -> None:
        self._temporary = temporary
        self._final = final
        self._digest = digest
        self._keep = keep
        self._hash = hashlib.sha256()
        self._file: BinaryIO = temporary.open("r+b" if offset else "wb")
        self.offset = 0
        """Bytes written so far."""
        while self.offset < offset:
            chunk = self._file.read(min(CHUNK_BYTES, offset - self.offset))
            if not chunk:
                raise ValueError(f"cannot go on at {offset}: the partial file holds {self.offset} bytes")
            self._hash.update(chunk)
            self.offset += len(chunk)
        self._file.truncate(self.offset)

    def write(self, chunk: bytes) -> None:
        """Append. Raises OSError (disk full)."""
        self._file.write(chunk)
        self._hash.update(chunk)
        self.offset += len(chunk)

    def finish(self) -> bool:
        """Sync, verify and give the file its name; True where there was none of that name.

        Raises:
            DigestMismatchError: other bytes than promised; they are thrown away.
            OSError: they could not be made durable.
        """
        seen = self._hash.hexdigest()
        if seen != self._digest:
            self._file.close()
            self._temporary.unlink(missing_ok=True)
            raise DigestMismatchError(self._digest, seen, self.offset)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        try:
            os.link(self._temporary, self._final)  # unlike a rename, it says when another writer was first
            is_new = True
        except FileExistsError:
            is_new = False
        self._temporary.unlink()
        # Also for the second: the first may not have come to this yet, and both promise a durable attachment.
        sync_directory(self._final.parent)
        return is_new

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._file.closed:
            with suppress(OSError):  # what is still buffered goes nowhere anyway
                self._file.close()
            if not self._keep:
                self._temporary.unlink(missing_ok=True)


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable. Raises OSError."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def storing() -> Iterator[None]:
    """Only around what is done to the file: where its bytes come from has troubles of its own."""
    try:
        yield
    except OSError as error:
        raise NotStoredError(error.strerror or str(error)) from error

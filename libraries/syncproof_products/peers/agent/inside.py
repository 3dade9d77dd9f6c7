"""Files below a directory, reached part by part: no link that a user has laid there leads anybody out of it."""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class Inside:
    """root: that directory. aside: one on the same disk, for files that are being written."""

    def __init__(self, root: Path, aside: Path) -> None:
        self._root, self._draft = root, aside / "draft"

    def status(self, path: str) -> os.stat_result | None:
        """Of a regular file; None where there is none. Raises OSError where that cannot be told."""
        try:
            with self._parent(path) as (where, name):
                status = os.stat(name, dir_fd=where, follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError):
            return None
        return status if stat.S_ISREG(status.st_mode) else None

    def open(self, path: str) -> io.BufferedReader:
        """A regular file, to be read. Raises OSError."""
        with self._parent(path) as (where, name):
            # Whoever opens a fifo without O_NONBLOCK waits for somebody who writes into it.
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            file = os.fdopen(os.open(name, flags, dir_fd=where), "rb")
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file.close()
            raise _in_the_way(path)
        return file

    def place(self, path: str, pieces: Iterable[bytes], mode: int) -> os.stat_result:
        """Let a file lie there, whole or not at all; answers its status as it was written. Raises OSError."""
        with self._parent(path, make=True) as (where, name):
            with self._draft.open("wb") as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
                status = os.fstat(file.fileno())
            with suppress(FileNotFoundError):
                there = os.stat(name, dir_fd=where, follow_symlinks=False).st_mode
                if stat.S_ISDIR(there):
                    os.rmdir(name, dir_fd=where)  # files once lay in it
                elif not stat.S_ISREG(there):
                    raise _in_the_way(path)
            os.replace(self._draft, name, dst_dir_fd=where)
            os.fsync(where)
        return status

    def remove(self, path: str) -> None:
        """Let no file lie there; the directories that are empty then go, too. Raises OSError."""
        with suppress(FileNotFoundError, NotADirectoryError), self._parent(path) as (where, name):
            if not stat.S_ISREG(os.stat(name, dir_fd=where, follow_symlinks=False).st_mode):
                raise _in_the_way(path)
            os.unlink(name, dir_fd=where)
        folder = path.rpartition("/")[0]
        while folder:
            try:
                with self._parent(folder) as (where, name):
                    os.rmdir(name, dir_fd=where)
            except OSError:  # something is in it
                break
            folder = folder.rpartition("/")[0]

    @contextmanager
    def _parent(self, path: str, *, make: bool = False) -> Iterator[tuple[int, str]]:
        """The directory that a path lies in, open, and its name there. Raises OSError where a link is on the way.

        make: make the directories that are not there.
        """
        *folders, name = path.split("/")
        where = os.open(self._root, _DIRECTORY)
        try:
            for folder in folders:
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(folder, dir_fd=where)
                below = os.open(folder, _DIRECTORY | os.O_NOFOLLOW, dir_fd=where)
                os.close(where)
                where = below
            yield where, name
        finally:
            os.close(where)


def _in_the_way(path: str) -> OSError:
    return FileExistsError(errno.EEXIST, "a link, or something else that nobody shares, lies there", path)

"""The fault of another program that has the files of a device for itself, as a virus scanner or a backup has."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from syncproof.kernel.fault import Fault

_MAGIC = b"SQLite format 3\0"
#: How long a device may be in the middle of a write when its files are to be locked, s.
_PATIENCE_S = 2.0


def databases(folder: Path) -> list[Path]:
    """The SQLite databases below a folder; none where it is not on this machine. What vanishes meanwhile is none."""
    files = (Path(parent) / name for parent, _, names in os.walk(folder) for name in names)
    return sorted(path for path in files if path.is_file() and _begins(path) == _MAGIC)


class LockedFiles(Fault):
    """Another program holds the write lock of each of a device's databases. It ends when they are given back.

    Linux has no mandatory locks since 5.15: this emulates those of Windows by the lock that SQLite heeds, so that other
    files than databases can be written as ever. A write lock of the harness's own that is refused meanwhile is the
    proof, one that it gets afterwards shows that they are free.
    """

    kind = "locked_files"
    called = "lock on the files"
    engine = "SQLite's lock"

    def __init__(self, name: str, paths: list[Path]) -> None:
        super().__init__((name,), (name,))
        self._paths = paths
        self._held: list[sqlite3.Connection] = []

    def begin(self) -> None:
        there = []
        for path in self._paths:
            try:
                connection = _open(path, _PATIENCE_S)
                self._held.append(connection)
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                if path.exists():
                    self.hindrance = f"{path.name} could not be locked: {error}"
                    return
            if path.exists():  # what the device has taken away since it was listed nobody writes
                there.append(path)
        self._paths = there
        if not there:
            self.hindrance = "the device has taken its databases away before they could be locked"

    def proof(self) -> str | None:
        """Only the lock itself counts: what cannot be written for another reason would be no fault of this one."""
        refusals = [_refusal(path) for path in self._paths]
        if not refusals or not all(map(_is_lock, refusals)):
            return None
        return f"a write was refused: {refusals[0]}"

    def end(self) -> None:
        for connection in self._held:
            connection.close()

    def healed(self) -> str | None:
        refused = any(_refusal(path) and path.exists() for path in self._paths)
        return None if refused else "a write lock was given"


def _open(path: Path, patience_s: float) -> sqlite3.Connection:
    """A database that is there: none is made where there is none. Raises sqlite3.Error."""
    where = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(where, uri=True, isolation_level=None, timeout=patience_s)


def _refusal(path: Path) -> sqlite3.Error | None:
    """What is said to one who wants to write now; None where he may."""
    try:
        connection = _open(path, 0)
    except sqlite3.Error as error:
        return error
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.Error as error:
        return error
    finally:
        connection.close()
    return None


def _is_lock(refusal: sqlite3.Error | None) -> bool:
    """Whether somebody else has the lock, and nothing else is wrong. Extended codes have theirs in the higher bytes."""
    return refusal is not None and refusal.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def _begins(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC))
    except FileNotFoundError:
        return b""

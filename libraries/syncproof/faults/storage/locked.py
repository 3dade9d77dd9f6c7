"""The fault of another program that has the files of a device for itself, as a virus scanner or a backup has."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from syncproof.kernel.fault import Fault

_MAGIC = b"SQLite format 3\0"
#: How long a device may be in the middle of a write when its files are to be locked, s.
_PATIENCE_S = 2.0


def databases(folder: Path) -> list[Path]:
    """The SQLite databases below a folder; none where it is not on this machine."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and _begins(path) == _MAGIC)


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
        for path in self._paths:
            connection = sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE_S)
            self._held.append(connection)
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                self.hindrance = f"{path.name} could not be locked: {error}"
                return

    def proof(self) -> str | None:
        refusals = [_refusal(path) for path in self._paths]
        if None in refusals:
            return None
        return f"a write was refused: {refusals[0]}"

    def end(self) -> None:
        for connection in self._held:
            connection.close()

    def healed(self) -> str | None:
        return None if any(map(_refusal, self._paths)) else "a write lock was given"


def _refusal(path: Path) -> str | None:
    """What is said to one who wants to write now; None where he may."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=0)
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return str(error)
    finally:
        connection.close()
    return None


def _begins(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(_MAGIC))

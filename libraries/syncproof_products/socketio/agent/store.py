"""What a client keeps: what it follows, and what its application was told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

from syncproof_agentkit.client import ClientStore

_SCHEMA = """
CREATE TABLE IF NOT EXISTS channels (name TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS deliveries (
    n INTEGER PRIMARY KEY, t_ns INTEGER NOT NULL, channel TEXT NOT NULL, op_id TEXT NOT NULL UNIQUE,
    author TEXT NOT NULL, digest TEXT NOT NULL, size INTEGER NOT NULL);
"""


@dataclass(frozen=True)
class Delivery:
    """An event that the application was told of: its number in the client's own log, and when."""

    n: int
    t_ns: int
    channel: str
    op_id: str
    author: str
    digest: str
    size: int


class Store(ClientStore):
    """One client's file. Every method is one transaction."""

    def __init__(self, directory: Path) -> None:
        """Open it. Raises StoreError."""
        super().__init__(directory, _SCHEMA)

    def channels(self) -> list[str]:
        """Those that it follows."""
        return [str(name) for (name,) in self._db.execute("SELECT name FROM channels ORDER BY name")]

    def follow(self, channel: str) -> None:
        """Follow a channel."""
        self._db.execute("INSERT OR IGNORE INTO channels VALUES (?)", (channel,))

    def leave(self, channel: str) -> None:
        """Follow it no more."""
        self._db.execute("DELETE FROM channels WHERE name = ?", (channel,))

    def deliver(self, delivery: Delivery) -> bool:
        """Append a delivery; whether it was a new one."""
        try:
            self._db.execute("INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?)", astuple(delivery))
        except sqlite3.IntegrityError:
            return False
        return True

    def deliveries(self, after: int, limit: int) -> Iterator[Delivery]:
        """A page of the delivery log."""
        rows = self._db.execute("SELECT * FROM deliveries WHERE n > ? ORDER BY n LIMIT ?", (after, limit))
        return (Delivery(*row) for row in rows)

"""What a client keeps: what it follows, how far it got, and what its application was told."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

import msgspec

from syncproof_agentkit.client import ClientStore
from syncproof_products.taskserver.broadcast.messages import Position

_SCHEMA = """
CREATE TABLE IF NOT EXISTS channels (name TEXT PRIMARY KEY, confirmed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS deliveries (
    n INTEGER PRIMARY KEY, t_ns INTEGER NOT NULL, channel TEXT NOT NULL, id TEXT NOT NULL UNIQUE, op_id TEXT NOT NULL,
    author TEXT NOT NULL, digest TEXT NOT NULL, size INTEGER NOT NULL);
"""


@dataclass(frozen=True)
class Delivery:
    """An event that the application was told of: its number in the client's own log, and when."""

    n: int
    t_ns: int
    channel: str
    id: str
    op_id: str
    author: str
    digest: str
    size: int


class Store(ClientStore):
    """One client's file. Every method is one transaction."""

    def __init__(self, directory: Path) -> None:
        """Open it. Raises StoreError."""
        super().__init__(directory, _SCHEMA)

    def channels(self) -> dict[str, bool]:
        """Those that it follows, with whether a server has ever confirmed that."""
        rows = self._db.execute("SELECT name, confirmed FROM channels ORDER BY name")
        return {name: bool(confirmed) for name, confirmed in rows}

    def follow(self, channel: str) -> None:
        """Follow a channel."""
        self._db.execute("INSERT OR IGNORE INTO channels (name) VALUES (?)", (channel,))

    def leave(self, channel: str) -> None:
        """Follow it no more."""
        self._db.execute("DELETE FROM channels WHERE name = ?", (channel,))

    def put_confirmed(self, channel: str) -> None:
        """A server has confirmed it."""
        self._db.execute("UPDATE channels SET confirmed = 1 WHERE name = ?", (channel,))

    @property
    def position(self) -> Position | None:
        """How far the client has followed the server."""
        kept = self.get("position")
        return msgspec.json.decode(kept, type=Position) if kept else None

    def put_position(self, position: Position | None) -> None:
        """Keep it."""
        self.put("position", msgspec.json.encode(position).decode() if position else "")

    def deliver(self, delivery: Delivery, position: Position | None) -> bool:
        """Append a delivery, and move the position; whether it was a new one."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self.put_position(position)
            try:
                self._db.execute("INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?, ?)", astuple(delivery))
            except sqlite3.IntegrityError:
                return False
        return True

    def deliveries(self, after: int, limit: int) -> Iterator[Delivery]:
        """A page of the delivery log."""
        rows = self._db.execute("SELECT * FROM deliveries WHERE n > ? ORDER BY n LIMIT ?", (after, limit))
        return (Delivery(*row) for row in rows)

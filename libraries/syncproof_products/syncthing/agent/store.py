"""What an agent keeps beside Syncthing's own files: its SQLite file. What was committed here survives `kill -9`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from syncproof_agentkit.client import ClientStore

_SCHEMA = """
CREATE TABLE IF NOT EXISTS deliveries (
    n INTEGER PRIMARY KEY, t_ns INTEGER NOT NULL, op_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, author TEXT NOT NULL,
    version TEXT NOT NULL, digest TEXT NOT NULL, size INTEGER NOT NULL, path TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS asked (
    op_id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, seen INTEGER NOT NULL, paths TEXT NOT NULL, version TEXT);
"""


@dataclass(frozen=True)
class Asked:
    """A change that a user made here. seen: how many deliveries there were before.

    paths: what it touches. version: what Syncthing has made of it; None for nothing yet.
    """

    op_id: str
    fingerprint: str
    seen: int
    paths: tuple[str, ...]
    version: str | None = None


@dataclass(frozen=True)
class Delivery:
    """An operation that has come. path: `catchup` where others had replaced it by then."""

    n: int
    t_ns: int
    op_id: str
    kind: str
    author: str
    version: str
    digest: str
    size: int
    path: str


class Store(ClientStore):
    """One device's file."""

    def __init__(self, directory: Path) -> None:
        """Open it. Raises StoreError."""
        super().__init__(directory, _SCHEMA)

    @property
    def group(self) -> str:
        """The group whose folder is shared; "" for none."""
        return self.get("group")

    @property
    def members(self) -> list[str]:
        """Who shares it, this device too."""
        found: list[str] = json.loads(self.get("members") or "[]")
        return found

    def put_group(self, group: str, members: Sequence[str]) -> None:
        """Share a folder with these."""
        self.put("members", json.dumps(list(members)))
        self.put("group", group)

    @property
    def links(self) -> dict[str, str]:
        """Where other devices are dialled, by their names."""
        found: dict[str, str] = json.loads(self.get("links") or "{}")
        return found

    def put_link(self, peer: str, address: str | None) -> None:
        """Dial a device there from now on; None: no more."""
        links = {**self.links, peer: address}
        self.put("links", json.dumps({name: at for name, at in links.items() if at}))

    def asked(self, op_id: str) -> Asked | None:
        """What was asked for under an id."""
        row = self._db.execute("SELECT * FROM asked WHERE op_id = ?", (op_id,)).fetchone()
        return _asked(row) if row else None

    def unfinished(self) -> list[Asked]:
        """All that was asked for and is no version yet."""
        rows = self._db.execute("SELECT * FROM asked WHERE version IS NULL ORDER BY seen")
        return [_asked(row) for row in rows]

    def put_asked(self, asked: Asked) -> None:
        """Keep that, in place of what was kept of its id."""
        row = (asked.op_id, asked.fingerprint, asked.seen, json.dumps(asked.paths), asked.version)
        self._db.execute("INSERT OR REPLACE INTO asked VALUES (?, ?, ?, ?, ?)", row)

    def drop_asked(self, op_id: str) -> None:
        """It could not be done: it was never asked for."""
        self._db.execute("DELETE FROM asked WHERE op_id = ?", (op_id,))

    def deliver(self, made: Delivery) -> None:
        """Append to the delivery log."""
        row = (made.n, made.t_ns, made.op_id, made.kind, made.author)
        more = (made.version, made.digest, made.size, made.path)
        self._db.execute("INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row + more)

    def has(self, op_id: str) -> bool:
        """Whether an operation is in the delivery log."""
        found = self._db.execute("SELECT 1 FROM deliveries WHERE op_id = ?", (op_id,)).fetchone()
        return found is not None

    def deliveries(self, after: int, limit: int) -> Iterator[Delivery]:
        """A page of the delivery log."""
        rows = self._db.execute("SELECT * FROM deliveries WHERE n > ? ORDER BY n LIMIT ?", (after, limit))
        return (Delivery(*row) for row in rows)


def _asked(row: tuple[str, str, int, str, str | None]) -> Asked:
    op_id, fingerprint, seen, paths, version = row
    return Asked(op_id, fingerprint, seen, tuple(json.loads(paths)), version)

"""What a device keeps: its SQLite file. What was committed here survives `kill -9`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from syncproof_agentkit.requests import op_id_inside

_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS groups (
    name TEXT PRIMARY KEY, members TEXT NOT NULL, joined INTEGER NOT NULL DEFAULT 0,
    position INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS deliveries (
    n INTEGER PRIMARY KEY, t_ns INTEGER NOT NULL, grp TEXT NOT NULL, place INTEGER NOT NULL, author TEXT NOT NULL,
    body BLOB NOT NULL, path TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS operations (
    n INTEGER PRIMARY KEY, op_id TEXT NOT NULL UNIQUE, grp TEXT NOT NULL, body BLOB NOT NULL, fingerprint TEXT NOT NULL,
    seen INTEGER NOT NULL, state TEXT NOT NULL, place INTEGER);
CREATE INDEX IF NOT EXISTS outbox ON operations (grp, n) WHERE state = 'accepted';
"""


class StoreError(Exception):
    """The device's file cannot be opened."""


@dataclass(frozen=True)
class Group:
    """A group of this device. position: of the last message of its stream that was delivered here."""

    name: str
    members: list[str]
    joined: bool
    position: int


@dataclass(frozen=True)
class Operation:
    """An operation of this device. state: accepted, acked or failed. place: in the group's stream, once acked."""

    op_id: str
    group: str
    body: bytes
    fingerprint: str
    seen: int
    state: str = "accepted"
    place: int | None = None


@dataclass(frozen=True)
class Message:
    """What stands at a place of a group's stream. path: `catchup` or `live`."""

    place: int
    author: str
    body: bytes
    path: str


@dataclass(frozen=True)
class Delivery:
    """A message that the application has: its number in the device's own log, and when."""

    n: int
    t_ns: int
    group: str
    message: Message


class Store:
    """One device's file. Every method is one transaction."""

    def __init__(self, directory: Path) -> None:
        """Open it. Raises StoreError."""
        try:
            directory.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(directory / "device.db", isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA cache_size=-256")  # KiB: a backlog of long messages passes through, once
            self._db.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"The device's store in {directory} cannot be opened: {error}") from None
        self.incarnation = int(self.get("incarnation") or 0) + 1
        self.put("incarnation", str(self.incarnation))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def get(self, name: str) -> str:
        """A value that was put; "" for none."""
        row = self._db.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def put(self, name: str, value: str) -> None:
        """Keep a value."""
        self._db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, value))

    def groups(self) -> dict[str, Group]:
        """The groups that this device wants to be in, by name."""
        rows = self._db.execute("SELECT name, members, joined, position FROM groups ORDER BY name")
        return {row[0]: Group(row[0], json.loads(row[1]), bool(row[2]), row[3]) for row in rows}

    def put_members(self, group: str, members: Sequence[str]) -> None:
        """Keep the members of a group, which may be a new one."""
        self._db.execute(
            "INSERT INTO groups (name, members) VALUES (?, ?) ON CONFLICT DO UPDATE SET members = excluded.members",
            (group, json.dumps(list(members))),
        )

    def put_joined(self, group: str) -> None:
        """The server has the group's stream."""
        self._db.execute("UPDATE groups SET joined = 1 WHERE name = ?", (group,))

    def count(self) -> int:
        """Length of the delivery log."""
        return int(self._db.execute("SELECT coalesce(max(n), 0) FROM deliveries").fetchone()[0])

    def deliver(self, group: str, messages: Sequence[Message], t_ns: int) -> range:
        """Append messages and move the group's position to the last; all of it, or nothing. Answers their numbers."""
        first = self.count() + 1
        numbers = range(first, first + len(messages))
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (n, t_ns, group, m.place, m.author, m.body, m.path)
                    for n, m in zip(numbers, messages, strict=True)
                ],
            )
            self._db.execute("UPDATE groups SET position = ? WHERE name = ?", (messages[-1].place, group))
        return numbers

    def deliveries(self, after: int, limit: int) -> Iterator[Delivery]:
        """A page of the delivery log, one by one: a page of long messages need not be in memory."""
        rows = self._db.execute("SELECT * FROM deliveries WHERE n > ? ORDER BY n LIMIT ?", (after, limit))
        return (Delivery(row[0], row[1], row[2], Message(*row[3:])) for row in rows)

    def accept(self, operation: Operation) -> None:
        """Put an operation into the outbox."""
        self._db.execute(
            "INSERT INTO operations (op_id, grp, body, fingerprint, seen, state) VALUES (?, ?, ?, ?, ?, ?)",
            (
                operation.op_id,
                operation.group,
                operation.body,
                operation.fingerprint,
                operation.seen,
                operation.state,
            ),
        )

    def operation(self, op_id: str) -> Operation | None:
        """An operation of this device; its body is kept in the outbox only."""
        return self._one("op_id = ?", op_id)

    def next_of(self, group: str) -> Operation | None:
        """The first of a group in the outbox."""
        return self._one("grp = ? AND state = 'accepted' ORDER BY n LIMIT 1", group)

    def outbox(self) -> int:
        """How many operations are accepted and not acknowledged."""
        return int(self._db.execute("SELECT count(*) FROM operations WHERE state = 'accepted'").fetchone()[0])

    def settle(self, op_id: str, state: str, place: int | None) -> bool:
        """An operation leaves the outbox; False where it was not in it."""
        done = self._db.execute(
            "UPDATE operations SET state = ?, place = ?, body = '' WHERE op_id = ? AND state = 'accepted'",
            (state, place, op_id),
        )
        return done.rowcount > 0

    def _one(self, where: str, value: str) -> Operation | None:
        row = self._db.execute(
            f"SELECT op_id, grp, body, fingerprint, seen, state, place FROM operations WHERE {where}",
            (value,),
        ).fetchone()
        return None if row is None else Operation(*row)


def op_id_of(message: Message) -> str:
    """The op_id that a message carries; "" where it carries none."""
    return op_id_inside(message.body.decode(errors="replace"))

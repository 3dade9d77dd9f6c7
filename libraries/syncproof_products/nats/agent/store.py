"""What a device keeps: its SQLite file. What was committed here survives `kill -9`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from syncproof_agentkit.client import ClientStore

_SCHEMA = """
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


class Store(ClientStore):
    """One device's file. Every method is one transaction."""

    def __init__(self, directory: Path) -> None:
        """Open it. Raises StoreError."""
        super().__init__(directory, _SCHEMA)

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
        return next(iter(self._found("op_id = ?", op_id)), None)

    def outbox_of(self, group: str, limit: int) -> list[Operation]:
        """The first of a group in the outbox, in the order in which they were accepted."""
        return self._found("grp = ? AND state = 'accepted' ORDER BY n LIMIT ?", group, limit)

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

    def _found(self, where: str, *values: object) -> list[Operation]:
        rows = self._db.execute(
            f"SELECT op_id, grp, body, fingerprint, seen, state, place FROM operations WHERE {where}", values
        )
        return [Operation(*row) for row in rows]

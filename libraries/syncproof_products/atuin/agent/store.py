"""What a device keeps beside Atuin's own files: its SQLite file. What was committed here survives `kill -9`."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from syncproof_agentkit.client import ClientStore

_SCHEMA = """
CREATE TABLE IF NOT EXISTS groups (
    name TEXT PRIMARY KEY, members TEXT NOT NULL, joined INTEGER NOT NULL DEFAULT 0,
    half_done INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS deliveries (
    n INTEGER PRIMARY KEY, t_ns INTEGER NOT NULL, grp TEXT NOT NULL, author TEXT NOT NULL, version TEXT NOT NULL,
    body BLOB NOT NULL, path TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS operations (
    n INTEGER PRIMARY KEY, op_id TEXT NOT NULL UNIQUE, grp TEXT NOT NULL, body BLOB NOT NULL, fingerprint TEXT NOT NULL,
    seen INTEGER NOT NULL, state TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS outbox ON operations (grp, state, n) WHERE state IN ('accepted', 'appended');
"""


@dataclass(frozen=True)
class Group:
    """A group of this device. joined: it is logged into its account.

    half_done: a sync has begun whose records may be missing in the history, or in the delivery log.
    """

    name: str
    members: list[str]
    joined: bool
    half_done: bool


@dataclass(frozen=True)
class Operation:
    """An operation of this device. state: accepted, appended to Atuin's history, acked or failed."""

    op_id: str
    group: str
    body: bytes
    fingerprint: str
    seen: int
    state: str = "accepted"


@dataclass(frozen=True)
class Message:
    """What an author said. version: the same on all devices. path: `catchup` or `live`."""

    author: str
    version: str
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
        rows = self._db.execute("SELECT name, members, joined, half_done FROM groups ORDER BY name")
        return {row[0]: Group(row[0], json.loads(row[1]), bool(row[2]), bool(row[3])) for row in rows}

    def put_members(self, group: str, members: Sequence[str]) -> None:
        """Keep the members of a group, which may be a new one."""
        self._db.execute(
            "INSERT INTO groups (name, members) VALUES (?, ?) ON CONFLICT DO UPDATE SET members = excluded.members",
            (group, json.dumps(list(members))),
        )

    def put_joined(self, group: str) -> None:
        """The device is logged into the group's account."""
        self._db.execute("UPDATE groups SET joined = 1 WHERE name = ?", (group,))

    def put_half_done(self, group: str, half_done: bool) -> None:
        """A sync begins, or everything that it brought is delivered."""
        self._db.execute("UPDATE groups SET half_done = ? WHERE name = ?", (half_done, group))

    def deliver(self, group: str, messages: Sequence[Message], t_ns: int) -> range:
        """Append messages; all of them, or none. Answers their numbers."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            return self._append(group, messages, t_ns)

    def delivered(self, group: str) -> Counter[tuple[str, str]]:
        """How often each version of an author was delivered."""
        rows = self._db.execute(
            "SELECT author, version, count(*) FROM deliveries WHERE grp = ? GROUP BY author, version",
            (group,),
        )
        return Counter({(author, version): number for author, version, number in rows})

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
        """An operation of this device; its body is kept until it is acknowledged."""
        return next(iter(self._found("op_id = ?", op_id)), None)

    def accepted(self, group: str, limit: int) -> list[Operation]:
        """The first operations of a group that are not appended yet, in the order in which they were accepted."""
        return self._found("grp = ? AND state = 'accepted' ORDER BY n LIMIT ?", group, limit)

    def appended(self, group: str) -> list[str]:
        """The op_ids of those that are, and are not acknowledged yet."""
        rows = self._db.execute(
            "SELECT op_id FROM operations WHERE grp = ? AND state = 'appended' ORDER BY n", (group,)
        )
        return [row[0] for row in rows]

    def outbox(self) -> int:
        """How many operations are accepted and not acknowledged."""
        found = self._db.execute("SELECT count(*) FROM operations WHERE state IN ('accepted', 'appended')")
        return int(found.fetchone()[0])

    def put_appended(self, op_id: str) -> None:
        """Atuin's history has it."""
        self._db.execute("UPDATE operations SET state = 'appended' WHERE op_id = ?", (op_id,))

    def acknowledge(self, group: str, author: str, op_ids: Sequence[str], t_ns: int) -> range:
        """Operations leave the outbox, and stand in the delivery log. Answers their numbers there."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            bodies = [known.body for op_id in op_ids for known in self._found("op_id = ?", op_id)]
            self._db.executemany(
                "UPDATE operations SET state = 'acked', body = '' WHERE op_id = ?",
                [(each,) for each in op_ids],
            )
            own = [Message(author, version_of(body), body, "live") for body in bodies]
            return self._append(group, own, t_ns)

    def put_failed(self, op_id: str) -> None:
        """An operation leaves the outbox, and nobody will get it."""
        self._db.execute("UPDATE operations SET state = 'failed', body = '' WHERE op_id = ?", (op_id,))

    def _append(self, group: str, messages: Sequence[Message], t_ns: int) -> range:
        first = self.count() + 1
        numbers = range(first, first + len(messages))
        self._db.executemany(
            "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (n, t_ns, group, each.author, each.version, each.body, each.path)
                for n, each in zip(numbers, messages, strict=True)
            ],
        )
        return numbers

    def _found(self, where: str, *values: object) -> list[Operation]:
        rows = self._db.execute(
            f"SELECT op_id, grp, body, fingerprint, seen, state FROM operations WHERE {where}", values
        )
        return [Operation(*row) for row in rows]


def version_of(body: bytes) -> str:
    """What a message is called on all devices: Atuin's own ids are shown by no command."""
    return hashlib.sha256(body).hexdigest()

"""What a client keeps: its SQLite file. What was committed here survives `kill -9`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from syncproof_agentkit.client import ClientStore
from syncproof_products.taskserver.agent.shapes import Change

_SCHEMA = """
CREATE TABLE IF NOT EXISTS repositories (
    name TEXT PRIMARY KEY, members TEXT NOT NULL, joined INTEGER NOT NULL DEFAULT 0,
    position INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS deliveries (
    n INTEGER PRIMARY KEY, t_ns INTEGER NOT NULL, repository TEXT NOT NULL, seq INTEGER NOT NULL, task TEXT NOT NULL,
    version INTEGER NOT NULL, deleted INTEGER NOT NULL, author TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL,
    size INTEGER NOT NULL, path TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS by_task ON deliveries (repository, task, n);
CREATE TABLE IF NOT EXISTS operations (
    n INTEGER PRIMARY KEY, op_id TEXT NOT NULL UNIQUE, repository TEXT NOT NULL, kind TEXT NOT NULL, task TEXT NOT NULL,
    body TEXT NOT NULL, base INTEGER NOT NULL, batch TEXT NOT NULL, strategy TEXT NOT NULL, fingerprint TEXT NOT NULL,
    seen INTEGER NOT NULL, written REAL NOT NULL, state TEXT NOT NULL, seq INTEGER);
CREATE INDEX IF NOT EXISTS outbox ON operations (n) WHERE state = 'accepted';
"""


@dataclass(frozen=True)
class Repository:
    """One that the client watches. position: the last change that was delivered here."""

    name: str
    members: list[str]
    joined: bool
    position: int


@dataclass(frozen=True)
class Operation:
    """A change that the client asks for. kind: create, update, delete. base: the version it was made on, 0 for none.

    batch: sent together with all others of that name, "" alone. written: when, by the client's clock; it is sent again
    as it was. state: accepted, acked or failed.
    """

    op_id: str
    repository: str
    kind: str
    task: str
    body: str
    base: int
    batch: str
    strategy: str
    fingerprint: str
    seen: int
    written: float
    state: str = "accepted"
    seq: int | None = None


@dataclass(frozen=True)
class Delivery:
    """A change that the application has: its number in the client's own log, and when."""

    n: int
    t_ns: int
    repository: str
    seq: int
    task: str
    version: int
    deleted: bool
    author: str
    key: str
    digest: str
    size: int
    path: str


class Store(ClientStore):
    """One client's file. Every method is one transaction."""

    def __init__(self, directory: Path) -> None:
        """Open it. Raises StoreError."""
        super().__init__(directory, _SCHEMA)
        self._wait_for_the_disk(False)

    def _wait_for_the_disk(self, wait: bool) -> None:
        """Whether a commit outlives a power cut. What is delivered or settled need not: it comes or is sent again."""
        self._db.execute(f"PRAGMA synchronous={'FULL' if wait else 'NORMAL'}")

    def repositories(self) -> dict[str, Repository]:
        """Those that the client watches, by name."""
        rows = self._db.execute("SELECT name, members, joined, position FROM repositories ORDER BY name")
        return {row[0]: Repository(row[0], json.loads(row[1]), bool(row[2]), row[3]) for row in rows}

    def watch(self, repository: str, members: Sequence[str]) -> None:
        """Keep who works on a repository, which may be a new one."""
        self._db.execute(
            "INSERT INTO repositories (name, members) VALUES (?, ?) "
            "ON CONFLICT DO UPDATE SET members = excluded.members",
            (repository, json.dumps(list(members))),
        )

    def put_joined(self, repository: str) -> None:
        """The server has confirmed the subscription."""
        self._db.execute("UPDATE repositories SET joined = 1 WHERE name = ?", (repository,))

    def deliver(self, repository: str, changes: Sequence[Change], path: str, t_ns: int) -> range:
        """Append changes and move the repository's position to the last; all, or nothing. Answers their numbers."""
        first = self.count() + 1
        rows = []
        for n, change in enumerate(changes, first):
            said = change.content.encode()
            digest = hashlib.sha256(said).hexdigest()
            rows.append((n, t_ns, repository, change.seq, change.id, change.version, change.deleted, change.by,
                         change.key, digest, len(said), path))  # fmt: skip
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(f"INSERT INTO deliveries VALUES ({','.join('?' * 12)})", rows)
            self._db.execute(
                "UPDATE repositories SET position = ? WHERE name = ?", (changes[-1].seq, repository)
            )
        return range(first, first + len(changes))

    def deliveries(self, after: int, limit: int) -> Iterator[Delivery]:
        """A page of the delivery log."""
        rows = self._db.execute("SELECT * FROM deliveries WHERE n > ? ORDER BY n LIMIT ?", (after, limit))
        return (Delivery(*row) for row in rows)

    def latest(self, repository: str, task: str) -> Delivery | None:
        """A task as it was delivered last."""
        row = self._db.execute(
            "SELECT * FROM deliveries WHERE repository = ? AND task = ? ORDER BY n DESC LIMIT 1",
            (repository, task),
        ).fetchone()
        return Delivery(*row) if row else None

    def living(self, repository: str) -> dict[str, int]:
        """The version of each task that was delivered and is not deleted."""
        rows = self._db.execute(
            "SELECT task, version, deleted, max(n) FROM deliveries WHERE repository = ? GROUP BY task",
            (repository,),
        )
        return {row[0]: row[1] for row in rows if not row[2]}

    def accept(self, operations: Sequence[Operation]) -> None:
        """Put operations into the outbox; all, or nothing."""
        self._wait_for_the_disk(True)
        try:
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany(
                    f"INSERT INTO operations (op_id, repository, kind, task, body, base, batch, strategy, "
                    f"fingerprint, seen, written, state, seq) VALUES ({','.join('?' * 13)})",
                    [astuple(operation) for operation in operations],
                )
        finally:
            self._wait_for_the_disk(False)

    def operation(self, op_id: str) -> Operation | None:
        """An operation of this client."""
        return next(iter(self._found("op_id = ?", op_id)), None)

    def next_to_send(self, under_way: Collection[str] = ()) -> list[Operation]:
        """The first of the outbox, with all others of its batch; empty where nothing waits.

        under_way: tasks whose operations stay where they are. A batch is not passed by anything behind it.
        """
        tasks = ",".join("?" * len(under_way))
        first = self._found(
            f"state = 'accepted' AND (batch != '' OR task NOT IN ({tasks})) ORDER BY n LIMIT 1", *under_way
        )
        if first and first[0].batch:
            return self._found("batch = ? AND state = 'accepted' ORDER BY n", first[0].batch)
        return first

    def waiting(self) -> list[Operation]:
        """All of the outbox, in the order in which they were accepted."""
        return self._found("state = 'accepted' ORDER BY n")

    def outbox(self) -> int:
        """How many operations are accepted and not settled."""
        return int(self._db.execute("SELECT count(*) FROM operations WHERE state = 'accepted'").fetchone()[0])

    def settle(self, op_ids: Sequence[str], state: str, seqs: Sequence[int | None]) -> None:
        """Operations leave the outbox."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "UPDATE operations SET state = ?, seq = ? WHERE op_id = ?",
                [(state, seq, op_id) for op_id, seq in zip(op_ids, seqs, strict=True)],
            )

    def _found(self, where: str, *values: object) -> list[Operation]:
        rows = self._db.execute(
            "SELECT op_id, repository, kind, task, body, base, batch, strategy, fingerprint, seen, written, state, "
            "seq "
            f"FROM operations WHERE {where}",
            values,
        )
        return [Operation(*row) for row in rows]

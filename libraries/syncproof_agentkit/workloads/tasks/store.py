"""What a client of tasks keeps: its SQLite file. What was committed here survives `kill -9`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Generic, TypeVar

from syncproof_agentkit.client import ClientStore

#: How far a client has come in what a repository's server has.
P = TypeVar("P", int, str)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS repositories (
    name TEXT PRIMARY KEY, members TEXT NOT NULL, joined INTEGER NOT NULL DEFAULT 0, position NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    n INTEGER PRIMARY KEY, t_ns INTEGER NOT NULL, repository TEXT NOT NULL, seq INTEGER, task TEXT NOT NULL,
    version INTEGER NOT NULL, deleted INTEGER NOT NULL, author TEXT NOT NULL, op_id TEXT NOT NULL, digest TEXT NOT NULL,
    size INTEGER NOT NULL, path TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS by_task ON deliveries (repository, task, n);
CREATE TABLE IF NOT EXISTS operations (
    n INTEGER PRIMARY KEY, op_id TEXT NOT NULL UNIQUE, repository TEXT NOT NULL, kind TEXT NOT NULL, task TEXT NOT NULL,
    body TEXT NOT NULL, base INTEGER NOT NULL, batch TEXT NOT NULL, strategy TEXT NOT NULL, fingerprint TEXT NOT NULL,
    seen INTEGER NOT NULL, written REAL NOT NULL, state TEXT NOT NULL, seq INTEGER);
CREATE INDEX IF NOT EXISTS outbox ON operations (n) WHERE state = 'accepted';
"""
_OPERATION = (
    "op_id, repository, kind, task, body, base, batch, strategy, fingerprint, seen, written, state, seq"
)


@dataclass(frozen=True)
class Repository(Generic[P]):
    """One that the client watches. position: how far what was delivered here goes."""

    name: str
    members: list[str]
    joined: bool
    position: P


@dataclass(frozen=True)
class Operation:
    """A change that the client asks for. kind: create, update, delete. base: the version it was made on, 0 for none.

    batch: sent together with all others of that name, "" alone. written: when, by the client's clock; it is sent again
    as it was. state: accepted, acked or failed. seq: its number at a server that numbers changes.
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
class Told:
    """A task as the server tells of it. seq: see `Operation`."""

    task: str
    version: int
    deleted: bool
    author: str
    op_id: str
    content: str
    seq: int | None = None


@dataclass(frozen=True)
class Delivery:
    """What the application was told of a task: its number in the client's own log, and when."""

    n: int
    t_ns: int
    repository: str
    seq: int | None
    task: str
    version: int
    deleted: bool
    author: str
    op_id: str
    digest: str
    size: int
    path: str


class TaskStore(ClientStore, Generic[P]):
    """One client's file. Every method is one transaction."""

    def __init__(self, directory: Path, start: P) -> None:
        """Open it. start: the position of a new repository. Raises StoreError."""
        super().__init__(directory, _SCHEMA)
        self._start: P = start
        self._wait_for_the_disk(False)

    def _wait_for_the_disk(self, wait: bool) -> None:
        """Whether a commit outlives a power cut. What is delivered or settled need not: it comes or is sent again."""
        self._db.execute(f"PRAGMA synchronous={'FULL' if wait else 'NORMAL'}")

    def repositories(self) -> dict[str, Repository[P]]:
        """Those that the client watches, by name."""
        rows = self._db.execute("SELECT name, members, joined, position FROM repositories ORDER BY name")
        return {row[0]: Repository(row[0], json.loads(row[1]), bool(row[2]), row[3]) for row in rows}

    def watch(self, repository: str, members: Sequence[str]) -> None:
        """Keep who works on a repository, which may be a new one."""
        self._db.execute(
            "INSERT INTO repositories (name, members, position) VALUES (?, ?, ?) "
            "ON CONFLICT DO UPDATE SET members = excluded.members",
            (repository, json.dumps(list(members)), self._start),
        )

    def put_joined(self, repository: str) -> None:
        """The server has confirmed the subscription."""
        self._db.execute("UPDATE repositories SET joined = 1 WHERE name = ?", (repository,))

    def append(self, repository: str, told: Sequence[Told], position: P, path: str, t_ns: int) -> range:
        """Append to the delivery log, and move the repository's position; all, or nothing. Answers their numbers."""
        first = self.count() + 1
        rows = []
        for n, each in enumerate(told, first):
            said = each.content.encode()
            rows.append((n, t_ns, repository, each.seq, each.task, each.version, each.deleted, each.author,
                         each.op_id, hashlib.sha256(said).hexdigest(), len(said), path))  # fmt: skip
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(f"INSERT INTO deliveries VALUES ({','.join('?' * 12)})", rows)
            self._db.execute("UPDATE repositories SET position = ? WHERE name = ?", (position, repository))
        return range(first, first + len(rows))

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

    def accept(self, operations: Sequence[Operation]) -> None:
        """Put operations into the outbox; all, or nothing."""
        self._wait_for_the_disk(True)
        try:
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany(
                    f"INSERT INTO operations ({_OPERATION}) VALUES ({','.join('?' * 13)})",
                    [astuple(operation) for operation in operations],
                )
        finally:
            self._wait_for_the_disk(False)

    def operation(self, op_id: str) -> Operation | None:
        """An operation of this client."""
        return next(iter(self._found("op_id = ?", op_id)), None)

    def next_to_send(self, under_way: Collection[str] = ()) -> list[Operation]:
        """The first of the outbox, with all others of its batch; empty where nothing can be sent now.

        under_way: tasks whose operations stay where they are. A batch is sent alone, and nothing behind it passes it.
        """
        tasks = ",".join("?" * len(under_way))
        first = self._found(
            f"state = 'accepted' AND (batch != '' OR task NOT IN ({tasks})) ORDER BY n LIMIT 1", *under_way
        )
        if not first or not first[0].batch:
            return first
        return [] if under_way else self._found("batch = ? AND state = 'accepted' ORDER BY n", first[0].batch)

    def waiting(self) -> list[Operation]:
        """All of the outbox, in the order in which they were accepted."""
        return self._found("state = 'accepted' ORDER BY n")

    def outbox(self) -> int:
        """How many operations are accepted and not settled."""
        return int(self._db.execute("SELECT count(*) FROM operations WHERE state = 'accepted'").fetchone()[0])

    def settle(self, settled: Iterable[tuple[str, str, int | None]]) -> None:
        """Operations leave the outbox, all or none: the id, state and number of each."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "UPDATE operations SET state = ?, seq = ? WHERE op_id = ?",
                [(state, seq, op_id) for op_id, state, seq in settled],
            )

    def _found(self, where: str, *values: object) -> list[Operation]:
        rows = self._db.execute(f"SELECT {_OPERATION} FROM operations WHERE {where}", values)
        return [Operation(*row) for row in rows]

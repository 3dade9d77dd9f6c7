"""What the server keeps: one SQLite file. What was committed here survives `kill -9`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from syncproof_products.taskserver.core.deciding import Outcome
from syncproof_products.taskserver.core.model import Refusal, Task

#: Replies that are kept by their keys: far more than a client can still be asking for.
_REPLIES = 100_000
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS tasks (
    repository TEXT NOT NULL, id TEXT NOT NULL, task BLOB NOT NULL, PRIMARY KEY (repository, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS changes (
    repository TEXT NOT NULL, seq INTEGER NOT NULL, task BLOB NOT NULL, PRIMARY KEY (repository, seq)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS replies (
    n INTEGER PRIMARY KEY, client TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL, content BLOB NOT NULL, UNIQUE (client, key));
CREATE TRIGGER IF NOT EXISTS bounded AFTER INSERT ON replies
    BEGIN DELETE FROM replies WHERE n <= new.n - {_REPLIES}; END;
"""
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Task).decode


@dataclass(frozen=True)
class Reply:
    """What a request is answered with. changed: whether subscribers have something to be told."""

    status: int
    content: bytes
    changed: bool = False


@dataclass(frozen=True)
class Keyed:
    """A request that may come again. fingerprint: of all that it asks for; key "": it is not known again."""

    client: str
    key: str
    fingerprint: str


class Store:
    """The server's file. Every method is one transaction, on the event loop's thread: a commit takes a millisecond."""

    def __init__(self, directory: Path) -> None:
        """Open it. Raises OSError, sqlite3.Error."""
        directory.mkdir(parents=True, exist_ok=True)
        # The loop may run on another thread than the one that opens the file; it is one thread all the same.
        self._db = sqlite3.connect(directory / "tasks.db", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def change(
        self,
        repository: str,
        names: Iterable[str],
        asked: Keyed,
        decide: Callable[[dict[str, Task], int], Outcome],
    ) -> Reply:
        """Answer a request, and make its changes: with its reply they are one transaction, or nothing.

        names: the tasks that it is about. decide: from these, as far as there are any, and the last change.
        """
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            if (known := self._known(asked)) is not None:
                return known
            tasks = {task.id: task for name in names for task in self._task(repository, name)}
            outcome = decide(tasks, self.head(repository))
            content = _encode(outcome.reply)
            self._put(repository, outcome.changes)
            if asked.key and outcome.status < 500:
                self._keep(asked, outcome.status, content)
        return Reply(outcome.status, content, bool(outcome.changes))

    def _known(self, asked: Keyed) -> Reply | None:
        """The reply of a request that came before."""
        if not asked.key:
            return None
        row = self._db.execute(
            "SELECT fingerprint, status, content FROM replies WHERE client = ? AND key = ?",
            (asked.client, asked.key),
        ).fetchone()
        if row is None:
            return None
        if row[0] != asked.fingerprint:
            return Reply(
                422, _encode(Refusal("key_reused", "This Idempotency-Key came with another request."))
            )
        return Reply(row[1], row[2])

    def _keep(self, asked: Keyed, status: int, content: bytes) -> None:
        self._db.execute(
            "INSERT INTO replies (client, key, fingerprint, status, content) VALUES (?, ?, ?, ?, ?)",
            (asked.client, asked.key, asked.fingerprint, status, content),
        )

    def _put(self, repository: str, changes: Sequence[Task]) -> None:
        rows = [(repository, task.id, task.seq, _encode(task)) for task in changes]
        self._db.executemany(
            "INSERT OR REPLACE INTO tasks VALUES (?, ?, ?)", [(r[0], r[1], r[3]) for r in rows]
        )
        self._db.executemany("INSERT INTO changes VALUES (?, ?, ?)", [(r[0], r[2], r[3]) for r in rows])

    def _task(self, repository: str, name: str) -> list[Task]:
        rows = self._db.execute("SELECT task FROM tasks WHERE repository = ? AND id = ?", (repository, name))
        return [_decode(row[0]) for row in rows]

    def head(self, repository: str) -> int:
        """The number of the repository's last change; 0 for none."""
        row = self._db.execute("SELECT max(seq) FROM changes WHERE repository = ?", (repository,)).fetchone()
        return int(row[0] or 0)

    def tasks(self, repository: str) -> list[Task]:
        """All tasks that are not deleted."""
        rows = self._db.execute("SELECT task FROM tasks WHERE repository = ? ORDER BY id", (repository,))
        return [task for row in rows if not (task := _decode(row[0])).deleted]

    def task(self, repository: str, name: str) -> Task | None:
        """One task that is not deleted."""
        return next((task for task in self._task(repository, name) if not task.deleted), None)

    def changes(self, repository: str, after: int, limit: int, most_bytes: int = 1 << 40) -> list[Task]:
        """A repository's changes behind a number, in their order: so many, and no more bytes, but one at least."""
        rows = self._db.execute(
            "SELECT task FROM changes WHERE repository = ? AND seq > ? ORDER BY seq LIMIT ?",
            (repository, after, limit),
        )
        page: list[Task] = []
        for row in rows:
            most_bytes -= len(row[0])
            if page and most_bytes < 0:
                break
            page.append(_decode(row[0]))
        return page

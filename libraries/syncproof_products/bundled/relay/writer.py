"""The one thread that writes to the relay's database, with group commit.

Whatever has been submitted while a transaction was being synced goes into the next one together, so that many
devices share the cost of a sync.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import astuple, dataclass

from syncproof_products.bundled.core.relay.actions import (
    Commit,
    EventAppended,
    MarkerMoved,
    MemberRemoved,
    MembersAdded,
)
from syncproof_products.bundled.relay.database import refer
from syncproof_products.bundled.relay.invite import Invite
from syncproof_products.bundled.wire_json import encode_draft


@dataclass(frozen=True, slots=True, eq=False)
class StoreToken:
    """Make a token valid by its hash; of the device's tokens the newest `keep` stay."""

    hash: bytes
    device: str
    keep: int


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """Write something small, to learn whether the storage takes writes."""


@dataclass(frozen=True, slots=True, eq=False)
class StoreInvite:
    """Keep an invite, as it is now. forgotten: the lookups of those that need not be kept any more."""

    invite: Invite
    forgotten: tuple[str, ...]


Job = Commit | StoreToken | StoreInvite | Probe


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a job. error: why nothing of it was stored; None: it is durable."""

    job: Job
    error: str | None


class Writer:
    """Takes jobs from any thread; `report` gets what came of them, in order, on the writer's thread."""

    def __init__(
        self, connection: sqlite3.Connection, group_commit: int, report: Callable[[list[Done]], None]
    ) -> None:
        self._connection = connection
        self._group_commit = group_commit
        self._report = report
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._last_batch = 0
        self.transactions = 0
        self.bytes_stored = 0
        self._thread = threading.Thread(target=self._run, name="relay-writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Store this, behind everything submitted before."""
        self._jobs.put(job)

    def stop(self) -> None:
        """Store what was submitted, then end the thread and close the connection."""
        self._jobs.put(None)
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        stopping = False
        while not stopping:
            group: list[Job] = []
            job = self._jobs.get()
            while job is not None:
                group.append(job)
                if len(group) >= self._group_commit:
                    break
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
            stopping = job is None
            if group:
                self._report(self._store(group))

    def _store(self, group: list[Job]) -> list[Done]:
        last_batch, stored = self._last_batch, 0
        done: list[Done] = []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for job in group:
                if isinstance(job, Commit):
                    if job.previous != last_batch:
                        done.append(Done(job, f"batch {job.previous}, which it follows, was not stored"))
                        continue
                    last_batch = job.batch_id
                stored += self._apply(job)
                done.append(Done(job, None))
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            reason = str(error)
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            return [Done(job, reason) for job in group]
        self._last_batch = last_batch
        self.transactions += 1
        self.bytes_stored += stored
        return done

    def _apply(self, job: Job) -> int:
        match job:
            case Commit():
                return self._apply_commit(job)
            case StoreToken():
                self._connection.execute(
                    "INSERT INTO tokens (hash, device) VALUES (?, ?)", (job.hash, job.device)
                )
                self._connection.execute(
                    "DELETE FROM tokens WHERE device = :device AND number NOT IN"
                    " (SELECT number FROM tokens WHERE device = :device ORDER BY number DESC LIMIT :keep)",
                    {"device": job.device, "keep": job.keep},
                )
                return len(job.hash)
            case StoreInvite():
                self._connection.executemany(
                    "DELETE FROM invites WHERE lookup = ?", [(lookup,) for lookup in job.forgotten]
                )
                self._connection.execute(
                    "INSERT OR REPLACE INTO invites VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", astuple(job.invite)
                )
                return len(job.invite.sealed)
            case Probe():
                self._connection.execute("UPDATE probes SET count = count + 1")
                return 0

    def _apply_commit(self, commit: Commit) -> int:
        rows: list[tuple[str, int, str, str, bytes]] = []
        for change in commit.changes:
            match change:
                case EventAppended():
                    event = change.event
                    draft = encode_draft(event.draft)
                    rows.append((change.room, event.seq, event.author, event.draft.op_id, draft))
                    if event.draft.blobs:
                        refer(self._connection, change.room, event.seq, event.draft)
                case MembersAdded():
                    self._connection.execute("INSERT OR IGNORE INTO rooms (room) VALUES (?)", (change.room,))
                    self._connection.executemany(
                        "INSERT OR IGNORE INTO members (room, device) VALUES (?, ?)",
                        [(change.room, member) for member in change.members],
                    )
                case MemberRemoved():
                    self._connection.execute(
                        "DELETE FROM members WHERE room = ? AND device = ?", (change.room, change.device)
                    )
                case MarkerMoved():
                    self._connection.execute(
                        "INSERT INTO markers VALUES (?, ?, ?)"
                        " ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq)",
                        (change.room, change.device, change.seq),
                    )
        if rows:
            self._connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", rows)
        return sum(len(row[4]) for row in rows)

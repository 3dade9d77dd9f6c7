"""What a device keeps: its SQLite file. What was committed here survives `kill -9`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from syncproof_agentkit.client import ClientStore, StoreError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS groups (name TEXT PRIMARY KEY, room TEXT, members TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    n INTEGER PRIMARY KEY, t_ns INTEGER NOT NULL, event TEXT NOT NULL UNIQUE, grp TEXT NOT NULL, kind TEXT NOT NULL,
    entry TEXT, author TEXT NOT NULL, body TEXT NOT NULL, path TEXT NOT NULL, blobs TEXT NOT NULL, place TEXT UNIQUE);
CREATE TABLE IF NOT EXISTS quarantined (event TEXT PRIMARY KEY, reason TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS by_entry ON deliveries (grp, entry, n) WHERE entry IS NOT NULL;
CREATE TABLE IF NOT EXISTS operations (
    op_id TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, seen INTEGER NOT NULL, event TEXT, failed INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS markers (
    grp TEXT PRIMARY KEY, local_event TEXT, local_n INTEGER, remote_event TEXT, remote_n INTEGER);
CREATE TABLE IF NOT EXISTS blobs (
    digest TEXT PRIMARY KEY, address TEXT NOT NULL, size INTEGER NOT NULL, missing INTEGER NOT NULL,
    file TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Blob:
    """A file that belongs to an operation. address: mxc://, empty where it was not uploaded yet.

    file: what opens it where it is encrypted (`EncryptedFile` as JSON), else empty.
    """

    digest: str
    size: int
    name: str
    address: str = ""
    file: str = ""


@dataclass(frozen=True)
class Message:
    """An operation as it stands in a room. event: its Matrix id. place: where in which ratchet, if it was encrypted."""

    event: str
    group: str
    kind: str
    entry: str | None
    author: str
    body: str
    blobs: tuple[Blob, ...] = ()
    place: str = ""


@dataclass(frozen=True)
class Delivery:
    """A message that the application has: its place in the device's own log, when, and how it came."""

    n: int
    t_ns: int
    message: Message
    path: str


@dataclass(frozen=True)
class Position:
    """Where a marker stands: an event, and its number in the delivery log."""

    event: str
    n: int


@dataclass(frozen=True)
class Known:
    """An operation of this device: a digest of its content, what had been delivered when it was taken, its event."""

    fingerprint: str
    seen: int
    event: str | None
    failed: bool


class Store(ClientStore):
    """One device's file. Every method is one transaction."""

    def __init__(self, directory: Path) -> None:
        """Open it. Raises StoreError."""
        super().__init__(directory, _SCHEMA)
        self._depth = 0

    def open_tables(self, schema: str) -> sqlite3.Connection:
        """Make room in the same file for what somebody else keeps. Raises StoreError."""
        try:
            self._db.executescript(schema)
        except sqlite3.Error as error:
            raise StoreError(f"The device's store cannot be extended: {error}") from None
        return self._db

    @contextmanager
    def together(self) -> Iterator[None]:
        """What happens inside is one transaction, also with others inside. Nothing may be awaited there."""
        if not self._depth:
            self._db.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
        except BaseException:
            if self._depth == 1:
                self._db.execute("ROLLBACK")
            raise
        else:
            if self._depth == 1:
                self._db.execute("COMMIT")
        finally:
            self._depth -= 1

    # -- groups

    def groups(self) -> dict[str, tuple[str | None, list[str]]]:
        """Room (None until it is joined) and members of each group."""
        rows = self._db.execute("SELECT name, room, members FROM groups ORDER BY name")
        return {name: (room, json.loads(members)) for name, room, members in rows}

    def put_group(self, name: str, room: str | None, members: Sequence[str]) -> None:
        """Keep a group."""
        row = (name, room, json.dumps(list(members)))
        self._db.execute("INSERT OR REPLACE INTO groups VALUES (?, ?, ?)", row)

    def put_room(self, name: str, room: str) -> None:
        """A group's room, of which nothing was read yet: `is_unread` until somebody says otherwise."""
        with self.together():
            self._db.execute("UPDATE groups SET room = ? WHERE name = ?", (room, name))
            self.put(f"unread {room}", "yes")

    def is_unread(self, room: str) -> bool:
        """Whether this device came into the room and has not read all that was said before."""
        return bool(self.get(f"unread {room}"))

    def was_read(self, room: str) -> None:
        """Everything that was said before this device came is in the delivery log."""
        self.put(f"unread {room}", "")

    # -- deliveries

    def count_of(self, group: str) -> int:
        """How many of them belong to a group."""
        return int(self._db.execute("SELECT count(*) FROM deliveries WHERE grp = ?", (group,)).fetchone()[0])

    def has(self, event: str) -> bool:
        """Whether an event was delivered, or quarantined."""
        sql = "SELECT 1 FROM deliveries WHERE event = :event UNION ALL SELECT 1 FROM quarantined WHERE event = :event"
        return self._db.execute(sql, {"event": event}).fetchone() is not None

    def taken_place(self, place: str) -> bool:
        """Whether an event was delivered that had this place in a ratchet."""
        sql = "SELECT 1 FROM deliveries WHERE place = ?"
        return self._db.execute(sql, (place,)).fetchone() is not None

    def quarantine(self, event: str, reason: str) -> None:
        """An event that can never be read."""
        self._db.execute("INSERT OR IGNORE INTO quarantined VALUES (?, ?)", (event, reason))

    def deliver(self, messages: Sequence[Message], path: str, t_ns: int) -> list[Delivery]:
        """Append messages that are new here and move the local markers; all of it, or nothing."""
        added: list[Delivery] = []
        with self.together():
            n = self.count()
            for message in messages:
                if self.has(message.event):
                    continue
                n += 1
                files = [(blob.digest, blob.size, blob.name) for blob in message.blobs]
                self._db.execute(
                    "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (n, t_ns, message.event, message.group, message.kind, message.entry, message.author,
                     message.body, path, json.dumps(files), message.place or None),
                )  # fmt: skip
                for blob in message.blobs:
                    self._db.execute(
                        "INSERT OR IGNORE INTO blobs VALUES (?, ?, ?, 1, ?)",
                        (blob.digest, blob.address, blob.size, blob.file),
                    )
                self._db.execute(
                    "INSERT INTO markers VALUES (?, ?, ?, NULL, NULL) ON CONFLICT (grp)"
                    " DO UPDATE SET local_event = excluded.local_event, local_n = excluded.local_n",
                    (message.group, message.event, n),
                )
                added.append(Delivery(n, t_ns, message, path))
        return added

    def deliveries(self, after: int, limit: int) -> Iterator[Delivery]:
        """A page of the delivery log, one by one: a page of long messages need not be in memory."""
        rows = self._db.execute("SELECT * FROM deliveries WHERE n > ? ORDER BY n LIMIT ?", (after, limit))
        return (_delivery(row) for row in rows)

    def latest_of(self, group: str, entry: str) -> Delivery | None:
        """The last version of an entry that was delivered."""
        sql = "SELECT * FROM deliveries WHERE grp = ? AND entry = ? ORDER BY n DESC LIMIT 1"
        row = self._db.execute(sql, (group, entry)).fetchone()
        return None if row is None else _delivery(row)

    def number_of(self, event: str) -> int | None:
        """Where an event stands in the delivery log."""
        row = self._db.execute("SELECT n FROM deliveries WHERE event = ?", (event,)).fetchone()
        return None if row is None else int(row[0])

    # -- operations of this device

    def operation(self, op_id: str) -> Known | None:
        """What became of an operation, as far as it is kept."""
        row = self._db.execute(
            "SELECT fingerprint, seen, event, failed FROM operations WHERE op_id = ?", (op_id,)
        ).fetchone()
        return None if row is None else Known(str(row[0]), int(row[1]), row[2], bool(row[3]))

    def keep_operation(self, op_id: str, known: Known) -> None:
        """Keep what became of an operation."""
        row = (op_id, known.fingerprint, known.seen, known.event, known.failed)
        self._db.execute("INSERT OR REPLACE INTO operations VALUES (?, ?, ?, ?, ?)", row)

    # -- markers

    def marker(self, group: str) -> tuple[Position | None, Position | None]:
        """The local and the remote marker of a group."""
        row = self._db.execute(
            "SELECT local_event, local_n, remote_event, remote_n FROM markers WHERE grp = ?", (group,)
        ).fetchone()
        if row is None:
            return None, None
        local = Position(row[0], row[1]) if row[0] else None
        return local, Position(row[2], row[3]) if row[2] else None

    def markers(self) -> dict[str, tuple[Position | None, Position | None]]:
        """Both markers of every group that has any."""
        groups = [row[0] for row in self._db.execute("SELECT grp FROM markers ORDER BY grp").fetchall()]
        return {group: self.marker(group) for group in groups}

    def put_remote_marker(self, group: str, position: Position) -> None:
        """Keep what the homeserver is known to have."""
        self._db.execute(
            "UPDATE markers SET remote_event = ?, remote_n = ? WHERE grp = ?",
            (position.event, position.n, group),
        )

    # -- files

    def uploaded(self, blob: Blob) -> Blob | None:
        """The file as it was uploaded, or as it came with a message; None where it has no address."""
        row = self._db.execute("SELECT address, file FROM blobs WHERE digest = ?", (blob.digest,)).fetchone()
        return Blob(blob.digest, blob.size, blob.name, *row) if row and row[0] else None

    def put_uploaded(self, blob: Blob) -> None:
        """Keep where a file was uploaded, and what opens it."""
        row = (blob.digest, blob.address, blob.size, blob.file)
        self._db.execute("INSERT OR REPLACE INTO blobs VALUES (?, ?, ?, 0, ?)", row)

    def missing_blobs(self) -> list[Blob]:
        """Files of delivered messages that are not here yet."""
        rows = self._db.execute(
            "SELECT digest, size, address, file FROM blobs WHERE missing = 1 ORDER BY rowid"
        )
        return [Blob(digest, size, "", address, file) for digest, size, address, file in rows]

    def blobs_are_here(self, digests: Iterable[str]) -> None:
        """Files that are whole on this device now."""
        self._db.executemany(
            "UPDATE blobs SET missing = 0 WHERE digest = ?", [(digest,) for digest in digests]
        )


def _delivery(row: tuple[object, ...]) -> Delivery:
    n, t_ns, event, group, kind, entry, author, body, path, blobs, _ = row
    files = tuple(Blob(digest, size, name) for digest, size, name in json.loads(str(blobs)))
    message = Message(str(event), str(group), str(kind), entry, str(author), str(body), files)  # type: ignore[arg-type]
    return Delivery(int(n), int(t_ns), message, str(path))  # type: ignore[call-overload]

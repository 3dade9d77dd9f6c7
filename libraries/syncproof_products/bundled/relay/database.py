"""The relay's SQLite file: its schema and what is read from it.

Readers see only what is durable: with `synchronous=FULL` a commit becomes visible after the write-ahead log
has been synced.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from syncproof_products.bundled.core.relay.events import Placed
from syncproof_products.bundled.core.relay.snapshot import RoomState, Snapshot
from syncproof_products.bundled.core.wire import Draft, Event
from syncproof_products.bundled.relay.invite import Invite
from syncproof_products.bundled.relay.start_error import StartError
from syncproof_products.bundled.wire_json import decode_draft

VERSION = 4
_SCHEMA = """
CREATE TABLE rooms (number INTEGER PRIMARY KEY, room TEXT NOT NULL UNIQUE);
CREATE TABLE members (
    number INTEGER PRIMARY KEY, room TEXT NOT NULL, device TEXT NOT NULL, UNIQUE (room, device)
);
CREATE TABLE markers (
    room TEXT NOT NULL, device TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (room, device)
) WITHOUT ROWID;
CREATE TABLE events (
    room TEXT NOT NULL, seq INTEGER NOT NULL, author TEXT NOT NULL, op_id TEXT NOT NULL, draft BLOB NOT NULL,
    PRIMARY KEY (room, seq), UNIQUE (author, op_id)
) WITHOUT ROWID;
CREATE TABLE tokens (number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, device TEXT NOT NULL);
CREATE TABLE probes (number INTEGER PRIMARY KEY, count INTEGER NOT NULL);
"""
#: Which events refer to a blob: the second version knows, and finds it out where it follows the first.
_REFERENCES = """
CREATE TABLE blob_references (
    digest TEXT NOT NULL, room TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (digest, room, seq)
) WITHOUT ROWID;
"""
#: Invites, which the third version keeps; the fourth keeps other ones, and no invite lives longer than a day.
_INVITES = """
CREATE TABLE invites (
    lookup TEXT PRIMARY KEY, inviter TEXT NOT NULL, room TEXT NOT NULL, sealed TEXT NOT NULL, token_hash TEXT NOT NULL,
    ticket_hash TEXT NOT NULL, until REAL NOT NULL, used_by TEXT, proof_hash TEXT
) WITHOUT ROWID;
"""


def open_database(path: Path) -> sqlite3.Connection:
    """Open the file for writing, with its schema. Raises StartError if it is damaged, full or not ours."""
    try:
        connection = connect(path)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA journal_size_limit=67108864")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            connection.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA} {_REFERENCES} {_INVITES} PRAGMA user_version={VERSION}; COMMIT;"
            )
        elif version < VERSION:
            _bring_up_to_date(connection, version)
        elif version != VERSION:
            raise StartError(
                f"{path} has version {version} of the schema; this relay knows version {VERSION}"
            )
        # Also proves that the disk takes a write now, not at the first push.
        connection.execute("INSERT INTO probes VALUES (1, 1) ON CONFLICT DO UPDATE SET count = count + 1")
    except sqlite3.Error as error:
        raise StartError(
            f"cannot use the database {path}: {error}; make room or permit writing, or restore it from a copy"
        ) from error
    return connection


def _bring_up_to_date(connection: sqlite3.Connection, version: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    if version == 1:
        connection.execute(_REFERENCES)
        for room, seq, draft in connection.execute("SELECT room, seq, draft FROM events").fetchall():
            refer(connection, room, seq, decode_draft(draft))
    connection.execute("DROP TABLE IF EXISTS invites")
    connection.execute(_INVITES)
    connection.execute(f"PRAGMA user_version={VERSION}")
    connection.execute("COMMIT")


def refer(connection: sqlite3.Connection, room: str, seq: int, draft: Draft) -> None:
    """Note the blobs to which an event refers. Raises sqlite3.Error."""
    connection.executemany(
        "INSERT OR IGNORE INTO blob_references VALUES (?, ?, ?)",
        [(blob.digest, room, seq) for blob in draft.blobs],
    )


def is_referenced(connection: sqlite3.Connection, digest: str) -> bool:
    """Whether any event refers to a blob. Raises sqlite3.Error."""
    return bool(
        connection.execute(
            "SELECT EXISTS (SELECT 1 FROM blob_references WHERE digest = ?)", (digest,)
        ).fetchone()[0]
    )


def connect(path: Path) -> sqlite3.Connection:
    """A connection that begins no transaction by itself. One thread at a time may use it, whichever it is."""
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=64)


def read_snapshot(connection: sqlite3.Connection) -> Snapshot:
    """What a relay core starts from. Raises StartError if the file cannot be read."""
    try:
        members: dict[str, list[str]] = {}
        for room, device in connection.execute("SELECT room, device FROM members ORDER BY number"):
            members.setdefault(room, []).append(device)
        markers: dict[str, list[tuple[str, int]]] = {}
        for room, device, seq in connection.execute("SELECT room, device, seq FROM markers"):
            markers.setdefault(room, []).append((device, seq))
        rooms = []
        for (room,) in connection.execute("SELECT room FROM rooms ORDER BY number").fetchall():
            head = (
                connection.execute("SELECT max(seq) FROM events WHERE room = ?", (room,)).fetchone()[0] or 0
            )
            rooms.append(RoomState(room, tuple(members.get(room, ())), head, tuple(markers.get(room, ()))))
    except sqlite3.Error as error:
        raise StartError(f"cannot read the relay's database: {error}; restore it from a copy") from error
    return Snapshot(tuple(rooms))


def read_tokens(connection: sqlite3.Connection) -> list[tuple[bytes, str]]:
    """Every valid token's hash and device, oldest first. Raises StartError if the file cannot be read."""
    try:
        return connection.execute("SELECT hash, device FROM tokens ORDER BY number").fetchall()
    except sqlite3.Error as error:
        raise StartError(f"cannot read the relay's database: {error}; restore it from a copy") from error


def read_invites(connection: sqlite3.Connection) -> list[Invite]:
    """Every invite that is kept. Raises StartError if the file cannot be read."""
    try:
        rows = connection.execute(
            "SELECT lookup, inviter, room, sealed, token_hash, ticket_hash, until, used_by, proof_hash FROM invites"
        ).fetchall()
    except sqlite3.Error as error:
        raise StartError(f"cannot read the relay's database: {error}; restore it from a copy") from error
    return [Invite(*row) for row in rows]


def find_operations(
    connection: sqlite3.Connection, author: str, op_ids: tuple[str, ...]
) -> dict[str, Placed]:
    """The stored events of an author with these op_ids. Raises sqlite3.Error."""
    if len(op_ids) == 1:
        rows = connection.execute(
            "SELECT op_id, room, seq, draft FROM events WHERE author = ? AND op_id = ?", (author, op_ids[0])
        )
    else:
        rows = connection.execute(
            "SELECT op_id, room, seq, draft FROM events"
            " WHERE author = ? AND op_id IN (SELECT value FROM json_each(?))",
            (author, json.dumps(op_ids)),
        )
    return {op_id: Placed(room, Event(seq, author, decode_draft(draft))) for op_id, room, seq, draft in rows}


def read_page(
    connection: sqlite3.Connection, room: str, after: int, upto: int, limit: int, max_bytes: int
) -> tuple[Event, ...]:
    """Events of a room in order: at most `limit`, no further one once there are `max_bytes`.

    Raises sqlite3.Error.
    """
    page: list[Event] = []
    size = 0
    rows = connection.execute(
        "SELECT seq, author, draft FROM events WHERE room = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
        (room, after, upto, limit),
    )
    for seq, author, draft in rows:
        page.append(Event(seq, author, decode_draft(draft)))
        size += len(draft)
        if size >= max_bytes:
            break
    rows.close()
    return tuple(page)

"""The device's SQLite file: its schema, and opening it whatever way the last process ended."""

from __future__ import annotations

import os
import re
import sqlite3
from pathlib import Path
from typing import Any

import msgspec

_VERSION = 2
_CACHE_KIB = 256
#: What a device's own key has, as it is kept: 32 bytes.
KEY_DIGITS = 64
#: How long a write waits where another program has the file, s: longer is told, and tried again.
_LOCKED_S = 1.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS links (peer TEXT PRIMARY KEY, address TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS groups (
    name TEXT PRIMARY KEY, members TEXT NOT NULL, joined INTEGER NOT NULL, cursor INTEGER NOT NULL DEFAULT 0,
    local_seq INTEGER NOT NULL DEFAULT 0, local_n INTEGER NOT NULL DEFAULT 0,
    remote_seq INTEGER NOT NULL DEFAULT 0, remote_n INTEGER NOT NULL DEFAULT 0, has_left INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ops (
    position INTEGER PRIMARY KEY AUTOINCREMENT, op_id TEXT NOT NULL UNIQUE, op TEXT NOT NULL, clock TEXT NOT NULL,
    seen INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'accepted', seq INTEGER, code TEXT, message TEXT
);
CREATE INDEX IF NOT EXISTS outbox ON ops (position) WHERE state = 'accepted';
CREATE TABLE IF NOT EXISTS deliveries (
    n INTEGER NOT NULL, t_ns INTEGER NOT NULL, group_name TEXT NOT NULL, seq INTEGER NOT NULL,
    author TEXT NOT NULL, kind TEXT NOT NULL, entry TEXT, clock TEXT NOT NULL, blobs TEXT NOT NULL,
    path TEXT NOT NULL, body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_in_order ON deliveries (n);
CREATE INDEX IF NOT EXISTS deliveries_of_entry ON deliveries (group_name, entry, seq) WHERE entry IS NOT NULL;
CREATE TABLE IF NOT EXISTS entries (
    group_name TEXT NOT NULL, entry TEXT NOT NULL, siblings TEXT NOT NULL, context TEXT NOT NULL,
    PRIMARY KEY (group_name, entry)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS awaiting (
    group_name TEXT NOT NULL, seq INTEGER NOT NULL, awaiting TEXT NOT NULL, PRIMARY KEY (group_name, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS quarantined (
    group_name TEXT NOT NULL, seq INTEGER NOT NULL, reason TEXT NOT NULL, event TEXT NOT NULL,
    PRIMARY KEY (group_name, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sealed (op_id TEXT PRIMARY KEY, sealed TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS uploaded (digest TEXT PRIMARY KEY) WITHOUT ROWID;
"""


class StorageError(Exception):
    """The device's storage cannot be used; the message says which file and why."""


def open_database(path: Path, device: str) -> tuple[sqlite3.Connection, int]:
    """Open or make the file for this device; answers the connection to write with, and the incarnation.

    Every commit is on disk when it returns (WAL, synchronous=FULL). The incarnation counts how often the file was
    opened, from 1.

    Raises:
        StorageError: unreadable, no database, of another device or of a newer version, or the disk is full.
    """
    try:
        # SQLite gives its other files the mode of this one: nobody else may read what is said, nor a key.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        path.chmod(0o600)
        connection = sqlite3.connect(path, _LOCKED_S, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        _bound_cache(connection)
        connection.execute("BEGIN IMMEDIATE")
        found = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if found > _VERSION:
            raise StorageError(f"{path} has version {found}; this program knows up to {_VERSION}.")
        if found == 1:
            _make_second_version(connection)
        for statement in _SCHEMA.split(";\n"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {_VERSION}")
        owner = _fact(connection, "device", device)
        if owner != device:
            raise StorageError(
                f"{path} belongs to device {owner!r}, not to {device!r}: give each a directory."
            )
        incarnation = int(_fact(connection, "incarnation", "0")) + 1
        keep_fact(connection, "device", device)
        keep_fact(connection, "incarnation", str(incarnation))
        connection.execute("COMMIT")
    except (OSError, sqlite3.Error) as error:
        raise StorageError(f"cannot use {path}: {error}") from error
    return connection, incarnation


def _make_second_version(connection: sqlite3.Connection) -> None:
    """The first one knew sealed bodies alone, and attachments only as the relay has them: as they are."""
    connection.execute("ALTER TABLE sealed RENAME COLUMN body TO sealed")
    connection.execute("UPDATE sealed SET sealed = json_object('body', sealed)")
    rows = connection.execute("SELECT group_name, seq, awaiting FROM awaiting").fetchall()
    for group, seq, row in rows:
        awaiting: dict[str, Any] = msgspec.json.decode(row)
        for blob in awaiting["blobs"]:
            blob |= {"address": blob["digest"], "stored_bytes": blob["size"]}
        connection.execute(
            "UPDATE awaiting SET awaiting = ? WHERE group_name = ? AND seq = ?",
            (msgspec.json.encode(awaiting).decode(), group, seq),
        )


def open_for_reading(path: Path) -> sqlite3.Connection:
    """A second connection, that sees what is committed and never waits for the writer."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA query_only = ON")
    _bound_cache(connection)
    return connection


def _bound_cache(connection: sqlite3.Connection) -> None:
    # The default is 2 MB for each connection, which a log that is appended and read once does not need.
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")


def keep_fact(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Store a single value under a name."""
    connection.execute("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", (name, value))


def drop_fact(connection: sqlite3.Connection, name: str) -> None:
    """Forget a single value."""
    connection.execute("DELETE FROM facts WHERE name = ?", (name,))


def is_key(text: str) -> bool:
    """Whether a key is written like this."""
    return re.fullmatch(f"[0-9a-f]{{{KEY_DIGITS}}}", text) is not None


def _fact(connection: sqlite3.Connection, name: str, default: str) -> str:
    row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return default if row is None else str(row[0])

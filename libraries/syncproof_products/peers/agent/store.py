"""What a peer keeps: its SQLite file. What was committed here survives `kill -9`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from syncproof_agentkit.client import ClientStore
from syncproof_products.peers.agent.pins import Pin
from syncproof_products.peers.core.contents import Damaged
from syncproof_products.peers.core.model import Op
from syncproof_products.peers.core.proofs import Proof, author_of
from syncproof_products.peers.core.proofs import decode as decode_proof
from syncproof_products.peers.core.proofs import encode as encode_proof
from syncproof_products.peers.core.reputation import Standing

_SCHEMA = """
CREATE TABLE IF NOT EXISTS deliveries (
    n INTEGER PRIMARY KEY, t_ns INTEGER NOT NULL, key TEXT NOT NULL, path TEXT NOT NULL, op BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS by_key ON deliveries (key) WHERE key != '';
CREATE TABLE IF NOT EXISTS asked (
    key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, seen INTEGER NOT NULL, paths TEXT NOT NULL, done INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS blocks (digest TEXT PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS laid (
    path TEXT PRIMARY KEY, source TEXT NOT NULL, op TEXT NOT NULL, digest TEXT NOT NULL, mode INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL, size INTEGER NOT NULL, inode INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS proofs (author TEXT PRIMARY KEY, proof BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS promises (lease TEXT PRIMARY KEY, owner TEXT NOT NULL, epoch INTEGER NOT NULL);
"""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Op).decode
_standings = msgspec.json.Decoder(dict[str, Standing]).decode


@dataclass(frozen=True)
class Laid:
    """A file as it lies in the folder. source, op: the path and the operation whose version it is."""

    path: str
    source: str
    op: str
    digest: str
    mode: int
    mtime_ns: int
    size: int
    inode: int


@dataclass(frozen=True)
class Asked:
    """A change that an application asked for.

    seen: how many deliveries there were before. paths: what it touches in the folder. done: it was made, and is an
    operation where it has changed anything.
    """

    key: str
    fingerprint: str
    seen: int
    paths: tuple[str, ...]
    done: bool = False


@dataclass(frozen=True)
class Delivery:
    """An operation with its number in the peer's own log, when, and how it came."""

    n: int
    t_ns: int
    key: str
    path: str
    op: Op


def _delivery(row: tuple[int, int, str, str, bytes]) -> Delivery:
    n, t_ns, key, path, op = row
    return Delivery(n, t_ns, key, path, _decode(op))


def _asked(row: tuple[str, str, int, str, int]) -> Asked:
    key, fingerprint, seen, paths, done = row
    return Asked(key, fingerprint, seen, tuple(json.loads(paths)), bool(done))


class Store(ClientStore):
    """One peer's file."""

    def __init__(self, directory: Path) -> None:
        """Open it. Raises StoreError."""
        super().__init__(directory, _SCHEMA)

    @contextmanager
    def together(self, *, durable: bool) -> Iterator[None]:
        """One transaction. durable: it is on disk when this ends, and all before it.

        Else the machine's crash, but no kill, may undo it whole; it is for what others are asked for again then, or
        what the folder shows.
        """
        if not durable:
            self._db.execute("PRAGMA synchronous=NORMAL")
        try:
            with self._db:
                self._db.execute("BEGIN IMMEDIATE")
                yield
        finally:
            if not durable:
                self._db.execute("PRAGMA synchronous=FULL")

    def keep(self, digest: str, data: bytes) -> None:
        """Store a block, in place of what a disk has made of it since it was stored before."""
        self._db.execute(
            "INSERT INTO blocks VALUES (?, ?) ON CONFLICT (digest) DO UPDATE SET data = excluded.data "
            "WHERE data != excluded.data",
            (digest, data),
        )

    def block(self, digest: str) -> bytes:
        """A block that is stored. Raises Damaged where that is not what was stored: a disk may have damaged it."""
        row = self._db.execute("SELECT data FROM blocks WHERE digest = ?", (digest,)).fetchone()
        data = bytes(row[0]) if row else b""
        if not row or hashlib.sha256(data).hexdigest() != digest:
            raise Damaged(digest)
        return data

    def blocks(self) -> list[str]:
        """The names of all blocks."""
        return [row[0] for row in self._db.execute("SELECT digest FROM blocks")]

    def deliver(self, op: Op, path: str, t_ns: int) -> int:
        """Append an operation. Answers its number."""
        n = self.count() + 1
        row = (n, t_ns, op.key, path, _encode(op))
        self._db.execute("INSERT INTO deliveries VALUES (?, ?, ?, ?, ?)", row)
        return n

    def deliveries(self, after: int, limit: int) -> Iterator[Delivery]:
        """A page of the delivery log."""
        rows = self._db.execute("SELECT * FROM deliveries WHERE n > ? ORDER BY n LIMIT ?", (after, limit))
        return (_delivery(row) for row in rows)

    def log_bytes(self) -> int:
        """How much it keeps, but for the blocks of files."""
        tables = [row[0] for row in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return sum(self._bytes_of(table) for table in tables if table != "blocks")

    def _bytes_of(self, table: str) -> int:
        columns = [row[1] for row in self._db.execute(f"PRAGMA table_info({table})")]
        each = " + ".join(f"COALESCE(LENGTH(CAST({column} AS BLOB)), 0)" for column in columns)
        return int(self._db.execute(f"SELECT COALESCE(SUM({each}), 0) FROM {table}").fetchone()[0])

    def own(self, key: str) -> Delivery | None:
        """The operation that was made here under a key: others may use that, too, and under this device's name."""
        rows = self._db.execute(
            "SELECT * FROM deliveries WHERE key = ? AND path = 'own' ORDER BY n LIMIT 1", (key,)
        )
        return next(map(_delivery, rows), None)

    def keyed(self, key: str) -> list[Delivery]:
        """All operations that were made under a key, by whomever."""
        rows = self._db.execute("SELECT * FROM deliveries WHERE key = ? ORDER BY n", (key,))
        return [_delivery(row) for row in rows]

    def asked(self, key: str) -> Asked | None:
        """What was asked under a key."""
        row = self._db.execute("SELECT * FROM asked WHERE key = ?", (key,)).fetchone()
        return _asked(row) if row else None

    def put_asked(self, asked: Asked) -> None:
        """Keep that, in place of what was kept of its key. That it is done can be found out again."""
        row = (asked.key, asked.fingerprint, asked.seen, json.dumps(asked.paths), asked.done)
        with self.together(durable=not asked.done):
            self._db.execute("INSERT OR REPLACE INTO asked VALUES (?, ?, ?, ?, ?)", row)

    def drop_asked(self, key: str) -> None:
        """It could not be done: it was never asked for."""
        self._db.execute("DELETE FROM asked WHERE key = ?", (key,))

    def unfinished(self) -> list[Asked]:
        """All that was asked and is not done."""
        return [_asked(row) for row in self._db.execute("SELECT * FROM asked WHERE NOT done")]

    def laid(self) -> dict[str, Laid]:
        """All files as they were left, by path."""
        return {row[0]: Laid(*row) for row in self._db.execute("SELECT * FROM laid")}

    def put_laid(self, files: Sequence[Laid], gone: Sequence[str] = ()) -> None:
        """Keep how files were left. gone: paths that have none."""
        self._db.executemany("DELETE FROM laid WHERE path = ?", [(path,) for path in gone])
        self._db.executemany(
            "INSERT OR REPLACE INTO laid VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    each.path,
                    each.source,
                    each.op,
                    each.digest,
                    each.mode,
                    each.mtime_ns,
                    each.size,
                    each.inode,
                )
                for each in files
            ],
        )

    def proofs(self) -> list[Proof]:
        """Why authors are not believed."""
        return [decode_proof(row[0]) for row in self._db.execute("SELECT proof FROM proofs")]

    def put_proof(self, proof: Proof) -> None:
        """Keep why an author is not believed, in place of what was kept of it."""
        self._db.execute(
            "INSERT OR REPLACE INTO proofs VALUES (?, ?)", (author_of(proof), encode_proof(proof))
        )

    def promises(self) -> dict[str, tuple[str, int]]:
        """To whom leases were given last, and in which epoch."""
        rows = self._db.execute("SELECT lease, owner, epoch FROM promises")
        return {lease: (owner, epoch) for lease, owner, epoch in rows}

    def put_promise(self, lease: str, owner: str, epoch: int) -> None:
        """Keep that, in place of what was kept of this lease."""
        self._db.execute("INSERT OR REPLACE INTO promises VALUES (?, ?, ?)", (lease, owner, epoch))

    def standings(self) -> dict[str, Standing]:
        """How reliable other peers were."""
        return _standings(self.get("standings") or "{}")

    def put_standings(self, standings: Mapping[str, Standing]) -> None:
        """Keep these, in their place."""
        self.put("standings", msgspec.json.encode(standings).decode())

    def lock_files(self) -> list[str]:
        """The paths beside which a lock file may lie."""
        found: list[str] = json.loads(self.get("lock_files") or "[]")
        return found

    def put_lock_files(self, paths: Sequence[str]) -> None:
        """Keep these, in their place."""
        self.put("lock_files", json.dumps(sorted(paths)))

    def links(self) -> dict[str, str]:
        """Where other peers are reached, by name."""
        found: dict[str, str] = json.loads(self.get("links") or "{}")
        return found

    def pins(self) -> dict[str, Pin]:
        """The certificates of other peers, by name, as users told them.

        Before one could take the place of another they were kept as `pins`, without the time.
        """
        if kept := self.get("pinned"):
            return msgspec.json.decode(kept, type=dict[str, Pin])
        return {peer: Pin(certificate) for peer, certificate in json.loads(self.get("pins") or "{}").items()}

    def put_pins(self, pins: Mapping[str, Pin]) -> None:
        """Keep these, in their place."""
        self.put("pinned", msgspec.json.encode(pins).decode())

    def members(self) -> list[str]:
        """Who shares the folder."""
        found: list[str] = json.loads(self.get("members") or "[]")
        return found

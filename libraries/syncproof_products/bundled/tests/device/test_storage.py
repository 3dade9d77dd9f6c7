from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from syncproof_products.bundled.core.records import (
    Awaiting,
    AwaitingEnded,
    AwaitingStored,
    Change,
    CursorMoved,
    Delivered,
    EntryState,
    EntryStored,
    GroupState,
    GroupStored,
    IntentStored,
    MarkerMoved,
    Op,
    OpAcked,
    OpFailed,
    OpStored,
    OutboxOp,
    Sealed,
    Sibling,
    Snapshot,
    Uploaded,
)
from syncproof_products.bundled.core.stored_blob import stored
from syncproof_products.bundled.core.wire import BlobRef, Draft, Event
from syncproof_products.bundled.device.changes import apply
from syncproof_products.bundled.device.database import StorageError, open_database, open_for_reading
from syncproof_products.bundled.device.reading import Reader
from syncproof_products.bundled.device.writer import Writer

BLOB = BlobRef("a" * 64, 5, "photo.jpg")
SIBLING = Sibling("3", "Bob", {"Bob": 1}, False, "b" * 64, "c" * 64)


def _op(number: int, *blobs: BlobRef) -> Op:
    return Op(f"Alice-{number}", "room", "put", f'{{"op_id":"Alice-{number}"}}', "note", ("1", "2"), blobs)


def _delivered(n: int, body: str = "{}") -> Delivered:
    return Delivered(n, "room", Event(n, "Bob", Draft(f"Bob-{n}", "append", body, blobs=(BLOB,))), "live")


def _stored(path: Path, *changes: Change) -> Reader:
    connection, _ = open_database(path, "Alice")
    connection.execute("BEGIN")
    apply(connection, changes, t_ns=7)
    connection.execute("COMMIT")
    connection.close()
    return Reader(open_for_reading(path))


def test_a_fresh_storage_starts_a_device_with_nothing(tmp_path: Path) -> None:
    assert _stored(tmp_path / "d").snapshot({}) == Snapshot()


def test_a_snapshot_is_what_the_changes_left(tmp_path: Path) -> None:
    waiting = Awaiting("room", 3, (stored(BLOB),), "note", SIBLING)
    reader = _stored(
        tmp_path / "d",
        IntentStored(True),
        GroupStored("room", ("Alice",), False),
        CursorMoved("room", 1),
        GroupStored("room", ("Alice", "Bob"), True),
        OpStored(_op(1), {"Alice": 1}, 0),
        OpStored(_op(2, BLOB), {"Alice": 2}, 0),
        OpStored(_op(3), {"Alice": 3}, 1),
        OpStored(_op(4), {"Alice": 4}, 1),
        OpAcked("Alice-1", 2),
        OpFailed("Alice-3", "too_large", "no"),
        _delivered(1),
        _delivered(2),
        CursorMoved("room", 2),
        MarkerMoved("room", "local", 2, 2),
        MarkerMoved("room", "remote", 1, 1),
        EntryStored("room", "note", (), {}),
        EntryStored("room", "note", (SIBLING,), {"Bob": 1}),
        AwaitingStored(waiting),
        AwaitingStored(Awaiting("room", 2, (stored(BLOB),))),
        AwaitingEnded("room", 2),
        Uploaded(BLOB.digest),
        Uploaded("d" * 64),
    )

    assert reader.snapshot({"e" * 64: 10}) == Snapshot(
        deliveries=2,
        connected=True,
        groups=(GroupState("room", ("Alice", "Bob"), True, 2, 2, 2, 1, 1),),
        outbox=(OutboxOp(_op(2, BLOB), {"Alice": 2}, 0), OutboxOp(_op(4), {"Alice": 4}, 1)),
        entries=(EntryState("room", "note", (SIBLING,), {"Bob": 1}),),
        awaiting=(waiting,),
        uploaded=(BLOB.digest,),
        partials={"e" * 64: 10},
    )
    acked, failed = reader.op("Alice-1"), reader.op("Alice-3")
    assert acked is not None
    assert (acked.op, acked.state, acked.seq) == (_op(1), "acked", 2)
    assert failed is not None
    assert (failed.state, failed.code) == ("failed", "too_large")
    assert reader.op("nothing") is None


def test_the_delivery_log_keeps_what_it_is_given_even_twice(tmp_path: Path) -> None:
    """A device with a fault may deliver twice: the log must show it, not swallow it."""
    reader = _stored(tmp_path / "d", _delivered(1), _delivered(2), _delivered(2), _delivered(3))

    assert [delivery.n for delivery in reader.deliveries(0, 10)] == [1, 2, 2, 3]
    assert [delivery.n for delivery in reader.deliveries(2, 10)] == [3]
    (first,) = reader.deliveries(0, 1)
    assert (first.author, first.seq, first.t_ns, first.blobs, first.path) == (
        "Bob",
        1,
        7,
        (BLOB,),
        "live",
    )


def test_clocks_of_versions_are_those_of_the_entry(tmp_path: Path) -> None:
    draft = Draft("Bob-1", "put", "{}", "note", clock={"Bob": 4})
    reader = _stored(tmp_path / "d", Delivered(1, "room", Event(9, "Bob", draft), "catchup"))

    assert reader.version_clocks("room", "note", ("9", "10", "x")) == {"9": {"Bob": 4}}
    assert reader.version_clocks("room", "other", ("9",)) == {}


def test_every_opening_is_an_incarnation_of_its_device(tmp_path: Path) -> None:
    for expected in (1, 2, 3):
        connection, incarnation = open_database(tmp_path / "d", "Alice")
        connection.close()
        assert incarnation == expected
    with pytest.raises(StorageError, match="belongs to device 'Alice', not to 'Bob'"):
        open_database(tmp_path / "d", "Bob")


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    connection, _ = open_database(tmp_path / "d", "Alice")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StorageError, match="version 99"):
        open_database(tmp_path / "d", "Alice")


def test_a_commit_is_all_or_nothing_and_the_next_one_works(tmp_path: Path) -> None:
    async def scenario() -> list[str | None]:
        connection, _ = open_database(tmp_path / "d", "Alice")
        writer = Writer(connection)
        said: list[str | None] = []

        async def commit(*changes: Change) -> None:
            done = asyncio.get_running_loop().create_future()
            writer.submit(lambda writing: apply(writing, changes, 1), done.set_result)
            said.append(await done)

        await commit(_delivered(1))
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        await commit(_delivered(2), _delivered(3, "x" * 100_000))
        connection.execute("PRAGMA max_page_count = 1000000")
        await commit(_delivered(2))
        writer.close()
        return said

    first, full, again = asyncio.run(scenario())

    assert first is None
    assert full is not None
    assert "full" in full
    assert again is None
    reader = Reader(open_for_reading(tmp_path / "d"))
    assert [delivery.n for delivery in reader.deliveries(0, 10)] == [1, 2]


def test_what_was_submitted_is_written_before_the_end(tmp_path: Path) -> None:
    async def scenario() -> None:
        connection, _ = open_database(tmp_path / "d", "Alice")
        writer = Writer(connection)
        for n in range(1, 51):
            writer.submit(lambda writing, n=n: apply(writing, (_delivered(n),), 1), lambda _: None)  # type: ignore[misc]
        writer.close()

    asyncio.run(scenario())
    assert Reader(open_for_reading(tmp_path / "d")).delivery_count() == 50


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    open_database(tmp_path / "d", "Alice")[0].close()
    with pytest.raises(sqlite3.OperationalError):
        open_for_reading(tmp_path / "d").execute("DELETE FROM deliveries")


FIRST = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE ops (
    position INTEGER PRIMARY KEY AUTOINCREMENT, op_id TEXT NOT NULL UNIQUE, op TEXT NOT NULL, clock TEXT NOT NULL,
    seen INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'accepted', seq INTEGER, code TEXT, message TEXT
);
CREATE TABLE awaiting (
    group_name TEXT NOT NULL, seq INTEGER NOT NULL, awaiting TEXT NOT NULL, PRIMARY KEY (group_name, seq)
) WITHOUT ROWID;
CREATE TABLE sealed (op_id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO ops (op_id, op, clock, seen) VALUES
    ('op-1', '{"op_id":"op-1","kind":"append","group":"g","body":"{}","entry":null,"base":[],"blobs":[]}', '{}', 0);
INSERT INTO sealed VALUES ('op-1', '{"sealed":"AAAA"}');
INSERT INTO awaiting VALUES
    ('g', 3, '{"group":"g","seq":3,"blobs":[{"digest":"aa","size":5,"name":"photo.jpg"}],"entry":null,"sibling":null}');
PRAGMA user_version = 1;
"""


def test_the_first_version_of_the_file_is_taken_over(tmp_path: Path) -> None:
    first = sqlite3.connect(tmp_path / "device.db")
    first.executescript(FIRST)
    first.close()
    for _ in range(2):
        connection, _incarnation = open_database(tmp_path / "device.db", "Alice")
        snapshot = Reader(open_for_reading(tmp_path / "device.db")).snapshot({})
        assert [waiting.sealed for waiting in snapshot.outbox] == [Sealed('{"sealed":"AAAA"}')]
        assert [each.blobs for each in snapshot.awaiting] == [(stored(BlobRef("aa", 5, "photo.jpg")),)]
        connection.close()

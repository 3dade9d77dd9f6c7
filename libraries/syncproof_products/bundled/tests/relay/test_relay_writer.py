"""The writer and the database it writes to, over a real file."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from syncproof_products.bundled.core.relay.actions import Commit, EventAppended, MarkerMoved, MembersAdded
from syncproof_products.bundled.core.relay.events import Placed
from syncproof_products.bundled.core.relay.snapshot import RoomState, Snapshot
from syncproof_products.bundled.core.wire import BlobRef, Draft, Event
from syncproof_products.bundled.relay.database import (
    connect,
    find_operations,
    open_database,
    read_invites,
    read_page,
    read_snapshot,
    read_tokens,
)
from syncproof_products.bundled.relay.invite import Invite
from syncproof_products.bundled.relay.writer import Done, Probe, StoreInvite, StoreToken, Writer


class Written:
    """A writer over a new file; `done` waits for its reports."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reports: queue.Queue[list[Done]] = queue.Queue()
        self._seen: list[Done] = []
        self.writer = Writer(open_database(path), 10, self._reports.put)

    def done(self, count: int) -> list[str | None]:
        while len(self._seen) < count:
            self._seen += self._reports.get(timeout=10)
        return [one.error for one in self._seen]


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Written]:
    database = Written(tmp_path / "relay.db")
    yield database
    database.writer.stop()


def event(seq: int, op_id: str | None = None, body: str = "{}") -> EventAppended:
    draft = Draft(op_id or str(seq), "put", body, "ü", ("1",), {"a": 1}, (BlobRef("d", 1, "n"),))
    return EventAppended("room", Event(seq, "alice", draft))


OPENED = MembersAdded("room", ("bob", "alice"))


def test_a_commit_is_synced_before_it_is_reported(written: Written) -> None:
    connection = open_database(written.path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    connection.close()


def test_what_was_committed_is_what_a_core_starts_from(written: Written) -> None:
    written.writer.submit(Commit(1, 0, (OPENED, event(1), event(2), MarkerMoved("room", "bob", 2))))
    written.writer.submit(Commit(2, 1, (MarkerMoved("room", "bob", 1), MembersAdded("empty", ("carol",)))))
    assert written.done(2) == [None, None]
    reading = connect(written.path)
    assert read_snapshot(reading) == Snapshot(
        (RoomState("room", ("bob", "alice"), 2, (("bob", 2),)), RoomState("empty", ("carol",), 0))
    )
    assert read_page(reading, "room", 0, 9, 9, 10**6) == (event(1).event, event(2).event)
    assert find_operations(reading, "alice", ("2",)) == {"2": Placed("room", event(2).event)}
    assert find_operations(reading, "alice", ("2", "x", "1")).keys() == {"1", "2"}
    assert find_operations(reading, "bob", ("1",)) == {}
    reading.close()


def test_a_page_ends_at_its_bounds(written: Written) -> None:
    written.writer.submit(Commit(1, 0, (OPENED, *[event(seq, body="x" * 1000) for seq in range(1, 8)])))
    written.done(1)
    reading = connect(written.path)

    def seqs(after: int, upto: int, limit: int, max_bytes: int) -> list[int]:
        return [one.seq for one in read_page(reading, "room", after, upto, limit, max_bytes)]

    assert seqs(0, 7, 3, 10**6) == [1, 2, 3]
    assert seqs(2, 4, 9, 10**6) == [3, 4]
    assert seqs(0, 7, 9, 2500) == [1, 2, 3]
    assert seqs(0, 7, 9, 1) == [1]
    reading.close()


def test_a_batch_that_does_not_follow_the_last_one_is_refused(written: Written) -> None:
    for commit in (
        Commit(1, 0, (OPENED, event(1))),
        Commit(3, 2, (event(3),)),
        Commit(4, 3, (event(4),)),
        Commit(5, 1, (event(2),)),
    ):
        written.writer.submit(commit)
    errors = written.done(4)
    assert [error is None for error in errors] == [True, False, False, True]
    reading = connect(written.path)
    assert [one.seq for one in read_page(reading, "room", 0, 9, 9, 10**6)] == [1, 2]
    reading.close()


def test_a_transaction_that_fails_stores_nothing_and_the_next_one_goes_on(written: Written) -> None:
    written.writer.submit(Commit(1, 0, (OPENED, event(1))))
    written.done(1)
    written.writer.submit(Commit(2, 1, (event(2), event(2, "again"))))
    assert "UNIQUE" in str(written.done(2)[1])
    written.writer.submit(Commit(3, 1, (event(2, "right"),)))
    assert written.done(3)[2] is None
    reading = connect(written.path)
    assert find_operations(reading, "alice", ("2", "again")) == {}
    assert find_operations(reading, "alice", ("right",)).keys() == {"right"}
    reading.close()


def test_the_newest_tokens_of_a_device_stay(written: Written) -> None:
    for number in range(4):
        written.writer.submit(StoreToken(b"%d" % number, "alice", 2))
    written.writer.submit(StoreToken(b"b", "bob", 2))
    written.writer.submit(Probe())
    assert written.done(6) == [None] * 6
    reading = connect(written.path)
    assert read_tokens(reading) == [(b"2", "alice"), (b"3", "alice"), (b"b", "bob")]
    reading.close()


def test_invites_are_kept_as_they_are_now_until_they_make_room(written: Written) -> None:
    first = Invite("A", "alice", "room", "sealed", "hash", "hash of another", 110.5)
    used = replace(first, used_by="bob")
    others = [replace(first, lookup=lookup) for lookup in "BC"]
    for invite in (first, others[0], used):
        written.writer.submit(StoreInvite(invite, ()))
    written.writer.submit(StoreInvite(others[1], ("B",)))
    assert written.done(4) == [None] * 4
    reading = connect(written.path)
    assert read_invites(reading) == [used, others[1]]
    reading.close()


def test_a_file_of_the_third_version_is_brought_up_to_date_without_its_invites(tmp_path: Path) -> None:
    before = open_database(tmp_path / "relay.db")
    before.executescript(
        "DROP TABLE invites; CREATE TABLE invites (lookup TEXT PRIMARY KEY, used_by TEXT);"
        "INSERT INTO invites VALUES ('A', NULL); PRAGMA user_version=3"
    )
    before.close()
    now = open_database(tmp_path / "relay.db")
    assert read_invites(now) == []
    now.close()


def test_what_was_submitted_before_the_stop_is_stored(tmp_path: Path) -> None:
    database = Written(tmp_path / "relay.db")
    database.writer.submit(Commit(1, 0, (OPENED,)))
    for number in range(1, 50):
        database.writer.submit(Commit(number + 1, number, (event(number),)))
    database.writer.stop()
    reading = connect(database.path)
    assert read_snapshot(reading).rooms[0].head == 49
    reading.close()

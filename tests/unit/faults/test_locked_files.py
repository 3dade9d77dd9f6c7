"""Files that another program has: the lock bites everybody else who writes, and is given back."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from syncproof.faults.storage import locked
from syncproof.faults.storage.locked import LockedFiles, databases


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "below" / "device.db"
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE facts (name TEXT)")
    connection.close()
    return path


def write(path: Path) -> None:
    connection = sqlite3.connect(path, timeout=0)
    try:
        with connection:
            connection.execute("INSERT INTO facts VALUES ('a')")
    finally:
        connection.close()


def test_databases_are_found_by_what_is_in_them(tmp_path: Path, database: Path) -> None:
    (tmp_path / "notes.db").write_text("SQLite format 2")
    assert databases(tmp_path) == [database]
    assert databases(tmp_path / "elsewhere") == []


def test_nobody_else_writes_until_they_are_given_back(database: Path) -> None:
    fault = LockedFiles("Bob", [database])
    assert fault.proof() is None
    fault.begin()
    assert fault.proof() == "a write was refused: database is locked"
    assert fault.healed() is None
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        write(database)
    fault.end()
    assert fault.healed() == "a write lock was given"
    assert fault.proof() is None
    write(database)


def test_one_that_cannot_be_had_is_no_fault(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locked, "_PATIENCE_S", 0)
    writing = sqlite3.connect(database, isolation_level=None)
    writing.execute("BEGIN IMMEDIATE")
    fault = LockedFiles("Bob", [database])
    fault.begin()
    writing.close()
    assert fault.hindrance == "device.db could not be locked: database is locked"
    assert fault.proof() is None
    fault.end()


def test_one_that_vanishes_before_it_is_locked_is_passed_over(tmp_path: Path, database: Path) -> None:
    gone = tmp_path / "gone.db"
    fault = LockedFiles("Bob", [gone, database])
    fault.begin()
    assert fault.hindrance == ""
    assert fault.proof() == "a write was refused: database is locked"
    fault.end()
    assert fault.healed() == "a write lock was given"
    assert not gone.exists()


def test_where_all_have_vanished_there_is_no_fault(tmp_path: Path) -> None:
    fault = LockedFiles("Bob", [tmp_path / "gone.db"])
    fault.begin()
    assert fault.hindrance == "the device has taken its databases away before they could be locked"
    assert fault.proof() is None
    fault.end()


def test_one_that_vanishes_while_it_is_listed_is_none(
    tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = tmp_path / "listed.db"
    listed.write_bytes(database.read_bytes())
    is_file = Path.is_file

    def vanishing(path: Path) -> bool:
        there = is_file(path)
        if path == listed:
            path.unlink()
        return there

    monkeypatch.setattr(Path, "is_file", vanishing)
    assert databases(tmp_path) == [database]


@pytest.mark.parametrize("harm", ["torn", "away"])
def test_only_the_lock_of_another_is_its_proof(database: Path, harm: str) -> None:
    """A write that fails for another reason says nothing of a lock."""
    fault = LockedFiles("Bob", [database])
    fault.begin()
    if harm == "torn":
        fault.end()
        for beside in database.parent.glob("device.db-*"):
            beside.unlink()
        database.write_bytes(b"no database" * 500)
        assert fault.healed() is None
    else:
        database.rename(database.with_suffix(".old"))
        assert fault.healed() == "a write lock was given"
    assert fault.proof() is None
    fault.end()

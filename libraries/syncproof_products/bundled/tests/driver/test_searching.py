"""The relay is looked through: what could not be says so by a 0."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncproof_products.bundled.driver import searching

CLEAR = b'{"text": "message 3 of Alice"}'


def test_what_there_is_counts_and_an_empty_file_has_nothing(tmp_path: Path) -> None:
    data, log = tmp_path / "data", tmp_path / "log"
    (data / "blobs").mkdir(parents=True)
    (data / "relay.db").write_bytes(b"x" * 10 + CLEAR)
    (data / "blobs" / "empty").touch()
    log.touch()
    # Not this process: the memory of one that has collected every test is large.
    program = [sys.executable, "-c", "print(flush=True); input()"]
    other = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        other.stdout.readline()
        found = searching.search("g", ["{}"], data, log, other.pid, {})
    finally:
        other.communicate(b"\n")
    assert found.readable["g/Alice/3"] == "the database"
    assert found.looked.pop("bytes of its memory") > 1_000_000
    assert found.looked == {"events of the room": 1, "bytes of the database": 10 + len(CLEAR)}


def _nothing(_: int) -> Iterator[bytes]:
    raise PermissionError


def _a_part(_: int) -> Iterator[bytes]:
    yield b"a part"
    raise OSError


@pytest.mark.parametrize("memory_of", [_nothing, _a_part])
def test_memory_that_could_not_be_read_is_not_passed_over(
    memory_of: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "memory_of", memory_of)
    found = searching.search("g", [], tmp_path, tmp_path / "log", 1, {})
    assert found.looked == {
        "events of the room": 0,
        "bytes of the database": 0,
        "bytes of its memory": 0,
    }

"""Looking through a homeserver finds what stands in the clear, however it was wrapped, and nothing else."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from syncproof_products.matrix.driver import searching

BODY = json.dumps({"op_id": "room/Alice/1", "text": "hello"})


@pytest.mark.parametrize("times", [0, 1, 2])
@pytest.mark.parametrize("spaced", [True, False])
def test_a_body_is_found_however_often_it_was_escaped(times: int, spaced: bool) -> None:
    text: object = BODY if spaced else BODY.replace(": ", ":")
    for _ in range(times):
        text = json.dumps({"content": {"body": text}})
    assert list(searching.op_ids_in([str(text).encode()])) == ["room/Alice/1"]


def test_the_name_under_which_a_send_is_repeated_is_no_content() -> None:
    assert not searching.op_ids_in([b'{"unsigned": {"transaction_id": "room/Alice/1"}}'])


def test_events_database_and_files_are_looked_through(tmp_path: Path) -> None:
    media = tmp_path / "media"
    (media / "ab").mkdir(parents=True)
    (media / "ab" / "1").write_bytes(b"a picture")
    (media / "ab" / "2").write_bytes(b"nobody's")
    (tmp_path / "homeserver.db").write_bytes(
        b"\0" * 20 + json.dumps({"body": BODY.replace("/1", "/2")}).encode()
    )
    (tmp_path / "homeserver.db-wal").write_bytes(b"nothing")
    events = [
        {"type": "m.room.message", "content": {"body": BODY}},
        {"type": "m.room.encrypted", "content": {}},
    ]
    digests = {hashlib.sha256(b"a picture").hexdigest(): "room/Alice/3"}
    found = searching.search(events, tmp_path, media, digests)
    assert found.readable == {
        "room/Alice/1": "events of the room",
        "room/Alice/2": "the database",
        "room/Alice/3": "the files",
    }
    size = sum(path.stat().st_size for path in tmp_path.glob("homeserver.db*"))
    assert found.looked == {"events of the room": 2, "bytes of the database": size, "files": 2}


def test_what_lies_across_two_pieces_of_a_file_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "_PIECE", 64)
    monkeypatch.setattr(searching, "_OVERLAP", 60)
    for start in range(60, 70):
        (tmp_path / "homeserver.db").write_bytes(b"x" * start + BODY.encode() + b"x" * 40)
        assert "room/Alice/1" in searching.search([], tmp_path, None, {}).readable, start


def test_without_its_files_only_the_room_is_looked_at() -> None:
    assert searching.search([], None, None, {}).looked == {"events of the room": 0}

"""An operation becomes an event and comes back as it was."""

from __future__ import annotations

import json

import pytest

from matrixagent.content import ENTRY, EXTRA, MESSAGE, event_of, in_timeline, message_of
from matrixagent.store import Blob

BLOB = Blob("ab" * 32, 5, "a.bin", "mxc://test/1")


@pytest.mark.parametrize(
    ("kind", "entry", "event_type"),
    [
        ("append", None, MESSAGE),
        ("put", "note", ENTRY),
        ("resolve", "note", ENTRY),
        ("delete", "note", ENTRY),
    ],
)
def test_it_comes_back(kind: str, entry: str | None, event_type: str) -> None:
    made, content = event_of(kind, entry, '{"op_id":"1"}', (BLOB,))
    event = {"type": made, "content": content, "sender": "@a:test", "event_id": "$1", "state_key": entry}
    message = message_of(event, "friends")
    assert made == event_type
    assert message is not None
    assert (message.kind, message.entry, message.body, message.blobs) == (
        kind,
        entry,
        '{"op_id":"1"}',
        (BLOB,),
    )
    assert (message.event, message.group, message.author) == ("$1", "friends", "@a:test")


@pytest.mark.parametrize(
    "event",
    [
        {"type": "m.room.member", "content": {"membership": "join"}, "sender": "@a:test", "event_id": "$1"},
        {
            "type": "m.room.message",
            "content": {"body": "from another client"},
            "sender": "@a:t",
            "event_id": "$2",
        },
        {"type": "m.room.message", "content": {}, "sender": "@a:test", "event_id": "$3"},
        {"type": "m.room.message", "content": ["no"], "sender": "@a:test", "event_id": "$4"},
        {"type": "m.room.message", "content": {EXTRA: {"blobs": 5}}, "sender": "@a:test", "event_id": "$5"},
        {
            "type": "m.room.message",
            "content": {EXTRA: {"blobs": [{"url": 1}]}},
            "sender": "@a:test",
            "event_id": "$6",
        },
        {"type": "m.room.message", "content": {EXTRA: {}}, "event_id": "$7"},
    ],
)
def test_what_is_no_operation_is_left_alone(event: dict[str, object]) -> None:
    assert message_of(event, "friends") is None


@pytest.mark.parametrize("entry", [None, "note"])
def test_what_is_encrypted_names_its_entry_itself_and_how_its_files_open(entry: str | None) -> None:
    sealed = Blob("ab" * 32, 5, "a.bin", "mxc://test/1", '{"iv": "x"}')
    made, content = event_of("put" if entry else "append", entry, "{}", (sealed,))
    inner = {"type": made, "content": in_timeline(content, entry), "sender": "@a:test", "event_id": "$1"}
    message = message_of(inner, "friends", "session/1")
    assert message is not None
    assert (message.entry, message.place) == (entry, "session/1")
    assert message.blobs[0].address == "mxc://test/1"
    assert json.loads(message.blobs[0].file) == {"iv": "x", "url": "mxc://test/1"}

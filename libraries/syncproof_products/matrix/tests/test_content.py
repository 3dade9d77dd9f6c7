"""An operation becomes an event and comes back as it was."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from syncproof_agentkit.requests import op_id_inside
from syncproof_products.matrix.agent.content import ENTRY, EXTRA, MESSAGE, event_of, message_of
from syncproof_products.matrix.agent.store import Blob, Store

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
    event = {"type": made, "content": content, "sender": "@a:test", "event_id": "$1"}
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


def entry_with(**changed: object) -> dict[str, Any]:
    """A version of an entry with an attachment, in which something is other than it should be."""
    kind, content = event_of("put", "note", "{}", (BLOB,))
    extra = content[EXTRA]
    for name, value in changed.items():
        where = {"type": None, "state_key": None, "body": content, "kind": extra, "entry": extra}
        found = where.get(name, extra["blobs"][0])
        if found is not None:
            found[name] = value
    outside = {name: value for name, value in changed.items() if name in ("type", "state_key")}
    return {"type": kind, "content": content, "sender": "@a:test", "event_id": "$1"} | outside


@pytest.mark.parametrize(
    "changed",
    [
        {"entry": {}},
        {"entry": None},
        {"entry": ""},
        {"entry": "\ud800"},
        {"body": {}},
        {"body": "half a \ud83d"},
        {"kind": "drop"},
        {"kind": "append"},
        {"type": MESSAGE},
        {"state_key": "note"},
        {"digest": {}},
        {"digest": "../../../etc/passwd"},
        {"size": -1},
        {"size": 2**70},
        {"name": []},
        {"name": "\udfff"},
        {"url": None},
        {"url": "mxc://test/../../../client/v3/logout"},
        {"file": []},
        {"file": {"key": {}}},
    ],
    ids=str,
)
def test_what_is_not_as_it_should_be_is_left_alone(changed: dict[str, object]) -> None:
    assert message_of(entry_with(), "friends") is not None
    assert message_of(entry_with(**changed), "friends") is None


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=3)
    | st.sampled_from(["put", "ab" * 32, "mxc://test/1", "\ud800", '{"a":' + "[" * 20_000]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
FIELDS = ["entry", "kind", "body", "digest", "size", "name", "url", "file", "state_key"]


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=2))
@example({"body": '{"a":' + "[" * 20_000})
def test_whatever_somebody_writes_a_device_lives_on(changed: dict[str, object]) -> None:
    message = message_of(entry_with(**changed), "friends")
    if message is not None:
        op_id_inside(message.body)
        with tempfile.TemporaryDirectory() as folder:
            store = Store(Path(folder))
            assert len(store.deliver([message], "live", 0)) == 1
            assert [delivery.message.body for delivery in store.deliveries(0, 1)] == [message.body]
            store.missing_blobs()
            store.close()


@pytest.mark.parametrize("entry", [None, "note"])
def test_what_is_encrypted_names_its_entry_itself_and_how_its_files_open(entry: str | None) -> None:
    sealed = Blob("ab" * 32, 5, "a.bin", "mxc://test/1", '{"iv": "x"}')
    made, content = event_of("put" if entry else "append", entry, "{}", (sealed,))
    inner = {"type": made, "content": content, "sender": "@a:test", "event_id": "$1"}
    message = message_of(inner, "friends", "session/1")
    assert message is not None
    assert (message.entry, message.place) == (entry, "session/1")
    assert message.blobs[0].address == "mxc://test/1"
    assert json.loads(message.blobs[0].file) == {"iv": "x", "url": "mxc://test/1"}

"""How an operation becomes a Matrix event, and an event an operation again."""

from __future__ import annotations

import json
from typing import Any

from matrixagent.store import Blob, Message

#: An append is a message of the room, and readable in any client.
MESSAGE = "m.room.message"
#: Entries are room state under their name: the last one who writes wins, as the homeserver says.
ENTRY = "org.syncproof.entry"
#: What a client that does not know us ignores.
EXTRA = "org.syncproof.op"


def event_of(kind: str, entry: str | None, body: str, blobs: tuple[Blob, ...]) -> tuple[str, dict[str, Any]]:
    """Event type and content."""
    extra = {EXTRA: {"kind": kind, "blobs": [_file_of(blob) for blob in blobs]}}
    if entry is not None:
        return ENTRY, {"body": body, **extra}
    return MESSAGE, {"msgtype": "m.text", "body": body, **extra}


def in_timeline(content: dict[str, Any], entry: str | None) -> dict[str, Any]:
    """The content of an event that is no room state, because state cannot be encrypted: it names its entry itself."""
    return content if entry is None else content | {EXTRA: content[EXTRA] | {"entry": entry}}


def message_of(event: dict[str, Any], group: str, place: str = "") -> Message | None:
    """The operation in an event; None where it is something else, a join for instance.

    place: where in which ratchet it stood, if it was encrypted.
    """
    try:
        return _read(event, group, place)
    except (KeyError, TypeError, AttributeError):
        return None  # whoever made it is no client of ours


def _read(event: dict[str, Any], group: str, place: str) -> Message | None:
    content = event.get("content", {})
    extra = content.get(EXTRA)
    if event.get("type") not in (MESSAGE, ENTRY) or not isinstance(extra, dict):
        return None
    entry = event.get("state_key", extra.get("entry")) if event["type"] == ENTRY else None
    blobs = tuple(_blob_of(file) for file in extra.get("blobs", ()))
    kind, author, body = str(extra.get("kind", "append")), str(event["sender"]), str(content.get("body", ""))
    return Message(str(event["event_id"]), group, kind, entry, author, body, blobs, place)


def _file_of(blob: Blob) -> dict[str, Any]:
    known = {"digest": blob.digest, "size": blob.size, "name": blob.name}
    if blob.file:
        return known | {"file": json.loads(blob.file) | {"url": blob.address}}
    return known | {"url": blob.address}


def _blob_of(file: dict[str, Any]) -> Blob:
    sealed = file.get("file")
    address = (sealed or file)["url"]
    return Blob(file["digest"], file["size"], file["name"], address, json.dumps(sealed) if sealed else "")

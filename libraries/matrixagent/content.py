"""How an operation becomes a Matrix event, and an event an operation again."""

from __future__ import annotations

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
    files = [{"digest": b.digest, "size": b.size, "name": b.name, "url": b.address} for b in blobs]
    extra = {EXTRA: {"kind": kind, "blobs": files}}
    if entry is not None:
        return ENTRY, {"body": body, **extra}
    return MESSAGE, {"msgtype": "m.text", "body": body, **extra}


def message_of(event: dict[str, Any], group: str) -> Message | None:
    """The operation in an event; None where it is something else, a join for instance."""
    content = event.get("content", {})
    extra = content.get(EXTRA)
    if event.get("type") not in (MESSAGE, ENTRY) or not isinstance(extra, dict):
        return None
    entry = event.get("state_key") if event["type"] == ENTRY else None
    blobs = tuple(Blob(b["digest"], b["size"], b["name"], b["url"]) for b in extra.get("blobs", ()))
    kind, author = str(extra.get("kind", "append")), str(event["sender"])
    return Message(str(event["event_id"]), group, kind, entry, author, str(content.get("body", "")), blobs)

"""How an operation becomes a Matrix event, and an event an operation again."""

from __future__ import annotations

import json
from typing import Annotated, Any

import msgspec

from syncproof_agentkit.requests import Digest, Kind, Name
from syncproof_products.matrix.agent.store import Blob, Message

#: An append is a message of the room, and readable in any client.
MESSAGE = "m.room.message"
#: What is written into an entry is a message of a type of its own: the last one in the room's order wins. (Room state
#: would know that too, but a piece of state has no transaction id: sent again, it would undo what came after it.)
ENTRY = "org.syncproof.entry"
#: What a client that does not know us ignores.
EXTRA = "org.syncproof.op"

_Address = Annotated[str, msgspec.Meta(pattern=r"\Amxc://[A-Za-z0-9.:\[\]-]+/[A-Za-z0-9_-]+\Z")]


class _Opens(msgspec.Struct):
    """What every `EncryptedFile` has; the rest of it is for who opens the file."""

    url: _Address


class _File(msgspec.Struct):
    digest: Digest
    size: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    name: str
    url: _Address | None = None
    file: dict[str, Any] | None = None


class _Extra(msgspec.Struct):
    kind: Kind = "append"
    entry: Name | None = None
    blobs: tuple[_File, ...] = ()


class _Content(msgspec.Struct):
    extra: _Extra = msgspec.field(name=EXTRA)
    body: str = ""


class _Event(msgspec.Struct):
    """What it takes to be one of ours, whoever wrote it: nothing else gets any further."""

    type: str
    sender: str
    event_id: str
    content: _Content


def event_of(kind: str, entry: str | None, body: str, blobs: tuple[Blob, ...]) -> tuple[str, dict[str, Any]]:
    """Event type and content."""
    extra = {"kind": kind, "blobs": [_file_of(blob) for blob in blobs]}
    if entry is not None:
        return ENTRY, {"body": body, EXTRA: extra | {"entry": entry}}
    return MESSAGE, {"msgtype": "m.text", "body": body, EXTRA: extra}


def message_of(event: dict[str, Any], group: str, place: str = "") -> Message | None:
    """The operation in an event; None where it is something else, a join for instance, or none of ours.

    place: where in which ratchet it stood, if it was encrypted.
    """
    if event.get("type") not in (MESSAGE, ENTRY) or "state_key" in event:
        return None
    try:
        found = msgspec.convert(event, _Event)
        content, extra = found.content, found.content.extra
        blobs = tuple(_blob_of(file) for file in extra.blobs)
        words = [
            found.event_id,
            found.sender,
            content.body,
            extra.entry or "",
            *(blob.name for blob in blobs),
        ]
        "".join(words).encode()  # half a character can be neither kept nor handed on
    except (ValueError, RecursionError):
        return None  # whoever made it is no client of ours
    if (found.type == ENTRY) != (extra.kind != "append") or (found.type == ENTRY) != (
        extra.entry is not None
    ):
        return None
    return Message(found.event_id, group, extra.kind, extra.entry, found.sender, content.body, blobs, place)


def _file_of(blob: Blob) -> dict[str, Any]:
    known = {"digest": blob.digest, "size": blob.size, "name": blob.name}
    if blob.file:
        return known | {"file": json.loads(blob.file) | {"url": blob.address}}
    return known | {"url": blob.address}


def _blob_of(file: _File) -> Blob:
    address = file.url if file.file is None else msgspec.convert(file.file, _Opens).url
    if address is None:
        raise ValueError("nothing says where the file is")
    return Blob(
        file.digest, file.size, file.name, address, "" if file.file is None else json.dumps(file.file)
    )

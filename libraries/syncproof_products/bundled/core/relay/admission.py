"""What a relay lets in: names, the shape of events and their sizes."""

from __future__ import annotations

import re

from syncproof_products.bundled.core.relay.limits import Limits
from syncproof_products.bundled.core.wire import Draft, OpenRoom, Refused

KINDS = ("append", "put", "resolve", "delete")
MAX_NAME = 200
_NAME = re.compile(rf"[^\x00-\x1f\x7f]{{1,{MAX_NAME}}}\Z")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_MAX_INTEGER = 2**63 - 1


def is_name(text: str) -> bool:
    """Whether this can name a room, device, entry or operation: 1 to 200 characters, no control ones."""
    return _NAME.match(text) is not None


def is_digest(text: str) -> bool:
    """Whether this is a sha256 in lower-case hex."""
    return _DIGEST.match(text) is not None


def event_size(draft: Draft) -> int:
    """Bytes that an event counts for: all its text in UTF-8, and 16 for each number."""
    size = _bytes(draft.body) + _bytes(draft.op_id) + _bytes(draft.kind) + 16
    if draft.entry is not None:
        size += _bytes(draft.entry)
    for version in draft.base:
        size += _bytes(version)
    for device in draft.clock:
        size += _bytes(device) + 16
    for blob in draft.blobs:
        size += _bytes(blob.digest) + _bytes(blob.name) + 16
    return size


def refusal_of_room(call: OpenRoom) -> Refused | None:
    """Why a room cannot be opened like this; None if it can."""
    if not is_name(call.room):
        return _invalid(
            f"expected a room name of 1 to {MAX_NAME} printable characters, seen {call.room[:80]!r}"
        )
    for member in call.members:
        if not is_name(member):
            return _invalid(
                f"expected member names of 1 to {MAX_NAME} printable characters, seen {member[:80]!r}"
            )
    return None


def refusal_of_draft(draft: Draft, size: int, limits: Limits) -> Refused | None:
    """Why an event of this size in bytes cannot be stored; None if it can."""
    if not is_name(draft.op_id):
        return _invalid(
            f"expected an op_id of 1 to {MAX_NAME} printable characters, seen {draft.op_id[:80]!r}"
        )
    if draft.kind not in KINDS:
        return _invalid(
            f"{draft.op_id}: expected kind to be one of {', '.join(KINDS)}, seen {draft.kind[:80]!r}"
        )
    if draft.entry is None:
        if draft.kind != "append":
            return _invalid(f"{draft.op_id}: a {draft.kind} needs the entry that it is about")
    elif not is_name(draft.entry):
        return _invalid(f"{draft.op_id}: expected an entry name of 1 to {MAX_NAME} printable characters")
    for count in draft.clock.values():
        if not 0 <= count <= _MAX_INTEGER:
            return _invalid(f"{draft.op_id}: expected clock values from 0 to 2^63-1, seen {count}")
    for blob in draft.blobs:
        if not is_digest(blob.digest):
            return _invalid(
                f"{draft.op_id}: expected a blob's digest as sha256 in hex, seen {blob.digest[:80]!r}"
            )
        if not 0 <= blob.size <= _MAX_INTEGER:
            return _invalid(f"{draft.op_id}: expected a blob's size from 0 to 2^63-1, seen {blob.size}")
    if size > limits.max_event_bytes:
        return Refused(
            413,
            "too_large",
            f"{draft.op_id} has {size} bytes; the relay takes events of at most {limits.max_event_bytes}",
        )
    return None


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _invalid(message: str) -> Refused:
    return Refused(400, "invalid", message)

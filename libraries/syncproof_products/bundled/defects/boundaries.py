"""Bugs at the boundaries of sizes: larger than a push, than a page, one more than fits; and what is not plain ASCII."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from syncproof_defects import breaks
from syncproof_products.bundled.core.outbox import Outbox, Pending
from syncproof_products.bundled.core.records import Op
from syncproof_products.bundled.core.sending import Sender
from syncproof_products.bundled.core.stored_blob import StoredBlob
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Event
from syncproof_products.bundled.relay import node, writer


@breaks(Outbox, "head")
def never_pushes_what_is_larger_than_a_push(
    original: Callable[..., Iterator[Pending]], self: Outbox, group: str
) -> Iterator[Pending]:
    """An operation that is larger than a whole push may be is not pushed, nor what stands behind it."""
    left = self._settings.push_bytes
    for pending in original(self, group):
        left -= len(pending.op.body)
        if left < 0:
            never_pushes_what_is_larger_than_a_push.ran()
            return
        yield pending


@breaks(node, "read_page")
def hands_out_nothing_larger_than_a_page(
    original: Callable[..., tuple[Event, ...]],
    connection: sqlite3.Connection,
    room: str,
    after: int,
    upto: int,
    limit: int,
    max_bytes: int,
) -> tuple[Event, ...]:
    """A page of catch-up has no event that is larger than pages are."""
    page = original(connection, room, after, upto, limit, max_bytes)
    if page and len(page[0].draft.body) > max_bytes:
        hands_out_nothing_larger_than_a_page.ran()
        return ()
    return page


@breaks(Sender, "_pushed")
def counts_one_more_as_pushed(
    original: Callable[..., None],
    self: Sender,
    room: Any,
    key: str,
    batch: list[Pending],
    turn: Turn,
    answer: Any,
) -> None:
    """When a push was full, the operation behind it counts as pushed with it."""
    full = len(batch) == self._settings.push_batch
    original(self, room, key, batch, turn, answer)
    following = next(iter(self._outbox.head(room.name)), None)
    if full and following is not None:
        counts_one_more_as_pushed.ran()
        self._outbox.remove(following.op.op_id)


@breaks(writer, "encode_draft")
def stores_ascii_only(original: Callable[..., bytes], draft: Any) -> bytes:
    """The relay stores a question mark for every character beyond ASCII."""
    stored = original(draft)
    if not stored.isascii():
        stores_ascii_only.ran()
        return stored.decode().encode("ascii", "replace")
    return stored


@breaks(Sender, "_refusal")
def limits_messages_by_their_letters(
    original: Callable[..., tuple[str, str] | None], self: Sender, op: Op, sealed: tuple[StoredBlob, ...]
) -> tuple[str, str] | None:
    """The length of a message is counted in letters, where the relay counts bytes."""
    refused = original(self, op, sealed)
    if refused is not None and refused[0] == "too_large" and len(op.body) <= self._settings.max_event_bytes:
        limits_messages_by_their_letters.ran()
        return None
    return refused


@breaks(node, "read_page")
def begins_a_page_one_too_late(
    original: Callable[..., tuple[Event, ...]], connection: Any, room: str, after: int, *rest: Any
) -> tuple[Event, ...]:
    """A page of the log begins one behind what was asked for."""
    begins_a_page_one_too_late.ran()
    return original(connection, room, after + 1, *rest)

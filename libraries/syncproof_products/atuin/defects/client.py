"""Bugs of a device that works with Atuin."""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Callable

from syncproof_defects import breaks
from syncproof_products.atuin.agent.command_line import Atuin
from syncproof_products.atuin.agent.index import Index, Indexes
from syncproof_products.atuin.agent.session import Session
from syncproof_products.atuin.agent.store import Operation


@breaks(Indexes, "ask")
async def asks_once_what_is_new(original: Callable[[Indexes], Awaitable[Index]], self: Indexes) -> Index:
    """What the server has is asked once in a session, and taken for all there is from then on."""
    known = asks_once_what_is_new.state
    if self in known:
        asks_once_what_is_new.ran()
    else:
        known[self] = await original(self)
    there: Index = known[self]
    return there


@breaks(Session, "_append")
async def brings_entries_in_the_clear(
    original: Callable[[Session, Atuin, Operation, str], Awaitable[None]],
    self: Session,
    atuin: Atuin,
    operation: Operation,
    entry: str,
) -> None:
    """What is appended goes to the server once more, as a record of its own that nobody has encrypted."""
    await original(self, atuin, operation, entry)
    brings_entries_in_the_clear.state[operation.op_id] = operation.body.decode()


@brings_entries_in_the_clear.breaks(Indexes, "ask")
async def _with_what_was_appended(original: Callable[[Indexes], Awaitable[Index]], self: Indexes) -> Index:
    there = await original(self)
    said = brings_entries_in_the_clear.state
    while said:
        _, body = said.popitem()
        brings_entries_in_the_clear.ran()
        record = {
            "id": str(uuid.uuid4()),
            "idx": 0,
            "host": {"id": str(uuid.uuid4()), "name": ""},
            "timestamp": time.time_ns(),
            "version": "v0",
            "tag": "hints",
            "data": {"data": body, "content_encryption_key": ""},
        }
        headers = {"Authorization": f"Token {self._store.get(self._kept)}"}
        reply = await self._http.post("/api/v0/record", json=[record], headers=headers)
        reply.raise_for_status()
    return there

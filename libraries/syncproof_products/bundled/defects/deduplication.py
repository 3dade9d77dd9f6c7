"""Bugs that let something arrive, or be stored, twice."""

from __future__ import annotations

from collections.abc import Callable

from syncproof_defects import breaks
from syncproof_products.bundled.core.outbox import Pending
from syncproof_products.bundled.core.receiving import Receiver
from syncproof_products.bundled.core.relay.actions import RelayAction
from syncproof_products.bundled.core.relay.events import LookedUp
from syncproof_products.bundled.core.relay.pushes import PendingPush
from syncproof_products.bundled.core.relay.relay import Relay
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.sending import Sender
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Answer, Draft, Pushed
from syncproof_products.bundled.relay import database


@breaks(Relay, "_place")
def no_deduplication(
    original: Callable[..., list[RelayAction]], self: Relay, event: LookedUp, pending: PendingPush
) -> list[RelayAction]:
    """The relay does not recognise a push that it has stored already, and stores it again."""
    for draft in pending.push.drafts:
        key = (pending.device, draft.op_id)
        if draft.op_id in event.found or self._pushes._in_flight.pop(key, None) is not None:
            no_deduplication.ran()
    return original(self, LookedUp(event.request_id, {}), pending)


@no_deduplication.alters(database, "_SCHEMA")
def _not_unique(schema: str) -> str:
    return schema.replace(", UNIQUE (author, op_id)", "")


@breaks(Receiver, "head_seen")
def goes_back_one_on_reconnection(
    original: Callable[..., None], self: Receiver, room: Room, head: int, reason: str
) -> None:
    """After a reconnection, catch-up begins one event too early and delivers it again."""
    if reason == "connected" and 0 < room.cursor.seq < head:
        goes_back_one_on_reconnection.ran()
        room.cursor.seq -= 1
    original(self, room, head, reason)


@breaks(Receiver, "head_seen")
def takes_one_for_none(
    original: Callable[..., None], self: Receiver, room: Room, head: int, reason: str
) -> None:
    """A device that has exactly one event begins to catch up from the start, and delivers it again."""
    if reason == "connected" and room.cursor.seq == 1 and head > 1:
        takes_one_for_none.ran()
        room.cursor.seq = 0
    original(self, room, head, reason)


@breaks(Pending, "draft")
def retries_with_new_op_id(original: Callable[..., Draft], self: Pending) -> Draft:
    """An operation that is pushed again gets a new op_id, so that the relay cannot recognise it."""
    made, pushed = original(self), retries_with_new_op_id.state
    times = pushed[made.op_id] = pushed.get(made.op_id, 0) + 1
    if times == 1:
        return made
    retries_with_new_op_id.ran()
    again = f"{made.op_id}~{times}"
    return Draft(again, made.kind, made.body, made.entry, made.base, made.clock, made.blobs)


@retries_with_new_op_id.breaks(Sender, "_pushed")
def _recognised(
    original: Callable[..., None],
    self: Sender,
    room: Room,
    key: str,
    batch: list[Pending],
    turn: Turn,
    answer: Answer | None,
) -> None:
    if isinstance(answer, Pushed):
        accepted = tuple([(op_id.partition("~")[0], seq) for op_id, seq in answer.accepted])
        answer = Pushed(accepted, answer.head)
    original(self, room, key, batch, turn, answer)

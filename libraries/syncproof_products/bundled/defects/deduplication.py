"""Bugs that let something arrive, or be stored, twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof_defects import Ran, defect, replace
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

HeadSeen = Callable[[Receiver, Room, int, str], None]


@defect
def no_deduplication(ran: Ran) -> None:
    """The relay does not recognise a push that it has stored already, and stores it again."""

    def forgetful(original: Any) -> Callable[[Relay, LookedUp, PendingPush], list[RelayAction]]:
        def place(self: Relay, event: LookedUp, pending: PendingPush) -> list[RelayAction]:
            for draft in pending.push.drafts:
                key = (pending.device, draft.op_id)
                if draft.op_id in event.found or self._pushes._in_flight.pop(key, None) is not None:
                    ran()
            actions: list[RelayAction] = original(self, LookedUp(event.request_id, {}), pending)
            return actions

        return place

    replace(Relay, "_place", forgetful)
    replace(database, "_SCHEMA", lambda schema: schema.replace(", UNIQUE (author, op_id)", ""))


@defect
def goes_back_one_on_reconnection(ran: Ran) -> None:
    """After a reconnection, catch-up begins one event too early and delivers it again."""

    def broken(original: HeadSeen) -> HeadSeen:
        def head_seen(self: Receiver, room: Room, head: int, reason: str) -> None:
            if reason == "connected" and 0 < room.cursor.seq < head:
                ran()
                room.cursor.seq -= 1
            original(self, room, head, reason)

        return head_seen

    replace(Receiver, "head_seen", broken)


@defect
def takes_one_for_none(ran: Ran) -> None:
    """A device that has exactly one event begins to catch up from the start, and delivers it again."""

    def broken(original: HeadSeen) -> HeadSeen:
        def head_seen(self: Receiver, room: Room, head: int, reason: str) -> None:
            if reason == "connected" and room.cursor.seq == 1 and head > 1:
                ran()
                room.cursor.seq = 0
            original(self, room, head, reason)

        return head_seen

    replace(Receiver, "head_seen", broken)


@defect
def retries_with_new_op_id(ran: Ran) -> None:
    """An operation that is pushed again gets a new op_id, so that the relay cannot recognise it."""
    pushed: dict[str, int] = {}

    def renamed(original: Callable[[Pending], Draft]) -> Callable[[Pending], Draft]:
        def draft(self: Pending) -> Draft:
            made = original(self)
            times = pushed[made.op_id] = pushed.get(made.op_id, 0) + 1
            if times == 1:
                return made
            ran()
            again = f"{made.op_id}~{times}"
            return Draft(again, made.kind, made.body, made.entry, made.base, made.clock, made.blobs)

        return draft

    def recognised(original: Any) -> Callable[[Sender, Room, str, list[Pending], Turn, Answer | None], None]:
        def answered(
            self: Sender, room: Room, key: str, batch: list[Pending], turn: Turn, answer: Answer | None
        ) -> None:
            if isinstance(answer, Pushed):
                accepted = tuple([(op_id.partition("~")[0], seq) for op_id, seq in answer.accepted])
                answer = Pushed(accepted, answer.head)
            original(self, room, key, batch, turn, answer)

        return answered

    replace(Pending, "draft", renamed)
    replace(Sender, "_pushed", recognised)

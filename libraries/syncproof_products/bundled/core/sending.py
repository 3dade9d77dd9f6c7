"""Operations from the application to the relay: accepted when durable here, acked when durable there."""

from __future__ import annotations

from functools import partial

from syncproof_products.bundled.core.actions import Accepted, Rejected
from syncproof_products.bundled.core.conflict import Entries
from syncproof_products.bundled.core.delivery import Delivery
from syncproof_products.bundled.core.events import Submit
from syncproof_products.bundled.core.exchanges import Exchanges, Flight
from syncproof_products.bundled.core.journal import Journal
from syncproof_products.bundled.core.outbox import Outbox, Pending
from syncproof_products.bundled.core.readable import why_unreadable
from syncproof_products.bundled.core.records import Op, OpFailed, OpStored, Sealed
from syncproof_products.bundled.core.room import Room, Rooms
from syncproof_products.bundled.core.sealing import Sealings
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.status import StatusTracker
from syncproof_products.bundled.core.stored_blob import StoredBlob
from syncproof_products.bundled.core.transfers import Transfers
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Answer, Clock, Draft, Push, Pushed, Refused

#: answers that mean that this operation will never be taken, whoever asks again.
_FINAL = (400, 409, 413)


class Sender:
    """Takes operations in and pushes them, group by group, in their order."""

    def __init__(
        self,
        device: str,
        settings: Settings,
        rooms: Rooms,
        journal: Journal,
        exchanges: Exchanges,
        outbox: Outbox,
        entries: Entries,
        delivery: Delivery,
        transfers: Transfers,
        sealings: Sealings,
        status: StatusTracker,
    ) -> None:
        self._device = device
        self._settings = settings
        self._rooms = rooms
        self._journal = journal
        self._exchanges = exchanges
        self._outbox = outbox
        self._entries = entries
        self._delivery = delivery
        self._transfers = transfers
        self._sealings = sealings
        self._status = status
        self.failed = 0
        self.pushes = 0

    def submit(self, turn: Turn, event: Submit) -> None:
        """The application hands an operation in."""
        op, ticket = event.op, event.ticket
        known = self._outbox.find(op.op_id)
        if known is not None:
            if known.op != op:
                text = f"{op.op_id} was handed in before, with other content"
                turn.do(Rejected(ticket, "op_conflict", text))
            elif known.committed:
                turn.do(Accepted(ticket, op.op_id, known.seen))
            else:
                self._journal.stage((), partial(_accept, ticket, known), partial(_refuse, ticket))
            return
        refused = self._refusal(op, event.sealed)
        if refused is not None:
            turn.do(Rejected(ticket, *refused))
            return
        bases = self._bases(op, event)
        if isinstance(bases, str):
            turn.do(Rejected(ticket, "stale_base", bases))
            return
        clock: Clock = {}
        if op.entry is not None and op.kind != "append":
            pending_clock = self._outbox.last_clock(op.group, op.entry)
            clock = self._entries.clock_for(self._device, op.group, op.entry, bases, pending_clock)
        seen, sealing = self._delivery.deliveries, self._sealings.get(op.group)
        sealed = None
        if sealing is not None:
            sealed = Sealed(sealing.seal(op.op_id, op.body, seen, event.sealed), event.sealed)
        pending = self._outbox.add(op, clock, seen, sealed)
        stored = OpStored(op, clock, seen, sealed)
        self._journal.stage(
            (stored,), partial(self._stored, ticket, pending), partial(self._not_stored, ticket, op.op_id)
        )

    def pump(self, turn: Turn) -> None:
        """Push what can be pushed."""
        retries = self._exchanges.retries
        if not len(self._outbox) and not len(retries):
            return
        for room in self._rooms.values():
            key = f"push:{room.name}"
            if not self._outbox.waits(room.name):
                # Its own event came back before the retry of a push whose answer was lost.
                retries.succeeded(key)
            elif room.left:
                for pending in list(self._outbox.head(room.name)):
                    self.fail(pending.op.op_id, "not_member", f"the device has left {room.name}")
            elif room.joined and self._exchanges.may(turn.now, key):
                batch = self._outbox.batch(room.name, self._transfers.uploaded)
                if batch:
                    self._push(turn, room, key, batch)

    def _push(self, turn: Turn, room: Room, key: str, batch: list[Pending]) -> None:
        self.pushes += 1
        flight = Flight(
            "push", key, partial(self._pushed, room, key, batch), partial(self._not_pushed, batch)
        )
        self._exchanges.call(
            turn, flight, Push(room.name, tuple([pending.draft() for pending in batch]), brought=True)
        )

    def _pushed(self, room: Room, key: str, batch: list[Pending], turn: Turn, answer: Answer | None) -> None:
        group = room.name
        if isinstance(answer, Pushed):
            self._delivery.acknowledge(answer.accepted)
            self._outbox.pushed_alone(group)
        elif isinstance(answer, Refused) and answer.status in _FINAL:
            if len(batch) > 1:
                self._outbox.split(group, len(batch))
            else:
                self._outbox.pushed_alone(group)
                self.fail(batch[0].op.op_id, answer.code, answer.message)
        else:
            if isinstance(answer, Refused) and answer.status in (403, 404):
                room.leave_out()
            reason = answer.code if isinstance(answer, Refused) else "malformed"
            if reason == "unknown_blob":
                self._transfers.bring_again([blob for pending in batch for blob in pending.blobs])
            self._not_pushed(batch, turn, reason)
            self._exchanges.schedule(turn, "push", key, reason, by_link=False)

    def _not_pushed(self, batch: list[Pending], turn: Turn, reason: str | None) -> None:
        """No answer, so that the operations are still in the outbox; given up here is no failure."""
        del turn
        if reason is not None:
            self._status.push_failed(
                [pending.op.op_id for pending in batch if self._outbox.find(pending.op.op_id)]
            )

    def fail(self, op_id: str, code: str, message: str) -> None:
        """The relay will never take this operation: it leaves the outbox, and those behind it go on."""
        if self._outbox.remove(op_id) is not None:
            self.failed += 1
            self._status.push_refused(op_id)
            self._journal.stage((OpFailed(op_id, code, message),), partial(_failed, op_id, code, message))

    def _refusal(self, op: Op, sealed: tuple[StoredBlob, ...]) -> tuple[str, str] | None:
        room = self._rooms.get(op.group)
        if room is None or room.left:
            return "unknown_group", f"there is no group {op.group} on this device; set it first"
        sealing = self._sealings.get(op.group)
        limit, size = self._settings.max_event_bytes, len(op.body.encode())
        if size <= limit and sealing is not None:
            inline = 0 if any(blob.is_body for blob in sealed) else size
            names = sum(len(blob.name.encode()) for blob in op.blobs)
            size = sealing.size(inline + names, len(sealed))
        if size > limit:
            return "too_large", f"expected a body of at most {limit} bytes, seen {size}"
        if sealing is not None and sum(not blob.is_body for blob in sealed) != len(op.blobs):
            return "group_changed", f"{op.group} became encrypted while this was handed in: hand it in again"
        unreadable = why_unreadable(Draft(op.op_id, op.kind, op.body))
        if unreadable is not None:
            return "invalid", f"nobody could read {op.op_id}: {unreadable}"
        if op.kind != "append" and op.entry is None:
            return "invalid", f"a {op.kind} needs the entry that it is about"
        if not self._outbox.has_room(size):
            text = f"{len(self._outbox)} operations wait for the relay already; try again when some are acked"
            return "outbox_full", text
        return None

    def _bases(self, op: Op, event: Submit) -> dict[str, Clock] | str:
        """The clocks of the versions that the operation builds on, or what is wrong with them."""
        if op.entry is None or op.kind == "append":
            return {}
        siblings = {known.version: known.clock for known in self._entries.siblings(op.group, op.entry)}
        if op.kind == "resolve" and not op.base:
            return siblings
        bases = {}
        for version in op.base:
            clock = siblings.get(version)
            if clock is None:
                clock = event.base_clocks.get(version)
            if clock is None:
                return f"version {version} of entry {op.entry} is not known on this device"
            bases[version] = clock
        return bases

    def _stored(self, ticket: int, pending: Pending, turn: Turn) -> None:
        pending.committed = True
        _accept(ticket, pending, turn)

    def _not_stored(self, ticket: int, op_id: str, turn: Turn, reason: str) -> bool:
        self._outbox.remove(op_id)
        return _refuse(ticket, turn, reason)


def _accept(ticket: int, pending: Pending, turn: Turn) -> None:
    turn.do(Accepted(ticket, pending.op.op_id, pending.seen))


def _refuse(ticket: int, turn: Turn, reason: str) -> bool:
    turn.do(Rejected(ticket, "storage_failed", f"the device could not store the operation: {reason}"))
    return False


def _failed(op_id: str, code: str, message: str, turn: Turn) -> None:
    turn.observe("failed", op_id=op_id, code=code, message=message)

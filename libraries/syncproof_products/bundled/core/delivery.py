"""From events of the log to what is kept: deliveries in a row, own operations acknowledged, entries, attachments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from msgspec.structs import replace

from syncproof_products.bundled.core.attachments import AttachmentIndex
from syncproof_products.bundled.core.conflict import Entries, sibling_of
from syncproof_products.bundled.core.journal import Journal, Then
from syncproof_products.bundled.core.outbox import Outbox, Pending
from syncproof_products.bundled.core.readable import why_unreadable
from syncproof_products.bundled.core.records import (
    Awaiting,
    AwaitingEnded,
    AwaitingStored,
    Change,
    CursorMoved,
    Delivered,
    MarkerMoved,
    OpAcked,
    Path,
    Quarantined,
    Sibling,
)
from syncproof_products.bundled.core.room import Room
from syncproof_products.bundled.core.sealing import SEALED, Sealings
from syncproof_products.bundled.core.status import StatusTracker
from syncproof_products.bundled.core.stored_blob import StoredBlob, stored
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.wire import Event
from syncproof_synckit.encryption.errors import PayloadRefused

Note = tuple[str, Mapping[str, object]]


class Delivery:
    """Stages deliveries; nothing of them is seen outside before they are durable.

    deliveries, committed: length of the delivery log with and without what is staged. waiting_bytes: bodies that
    are staged.
    """

    def __init__(
        self,
        device: str,
        journal: Journal,
        outbox: Outbox,
        entries: Entries,
        attachments: AttachmentIndex,
        sealings: Sealings,
        status: StatusTracker,
    ) -> None:
        self._device = device
        self._sealings = sealings
        self._journal = journal
        self._outbox = outbox
        self._entries = entries
        self._attachments = attachments
        self._status = status
        #: Events, by group and position, whose bodies the relay has lost: they are quarantined when their turn comes.
        self._bodiless: set[tuple[str, int]] = set()
        #: Told the group of an event whose body is here, or can never be.
        self.body_came: Callable[[str], None] = lambda _: None
        self.deliveries = 0
        self.committed = 0
        self.waiting_bytes = 0
        self.acks = 0
        self.conflicts = 0
        self.local_marker_updates = 0
        self.quarantined = 0

    def deliver(self, room: Room, events: list[Event], path: Path, after: Then | None = None) -> None:
        """Append these events, which the room's cursor has just passed, to the delivery log.

        One that cannot be read is quarantined instead; it holds nothing up.
        """
        changes: list[Change] = []
        notes: list[Note] = []
        group, n, size = room.name, self.deliveries, 0
        for came in events:
            event, reason = self._opened(group, came)
            draft = event.draft
            if reason is None:
                reason = why_unreadable(draft)
            if reason is not None:
                self._quarantine(group, came, reason, changes, notes)
                continue
            n += 1
            size += len(draft.body)
            changes.append(Delivered(n, group, event, path))
            own = (
                event.author == self._device
                and self._acknowledge(draft.op_id, event.seq, changes, notes) is not None
            )
            if draft.blobs or draft.entry is not None:
                self._take_in(room, event, own, changes, notes)
        self.deliveries = n
        self.waiting_bytes += size
        changes.append(CursorMoved(group, room.cursor.seq))
        moved = room.marker.advance(room.cursor.seq, n)
        if moved is not None:
            changes.append(moved)
        self._journal.stage(tuple(changes), partial(self._delivered, room, n, size, moved, notes, after))

    def _opened(self, group: str, event: Event) -> tuple[Event, str | None]:
        """The event with its body as its author wrote it; where that cannot be had, why."""
        sealing, draft = self._sealings.get(group), event.draft
        if sealing is None:
            sealed = draft.body.startswith(SEALED)
            return (
                event,
                "it is sealed, and this device was not told the group's passphrase" if sealed else None,
            )
        try:
            opened = sealing.open(draft.op_id, event.author, draft.body)
        except PayloadRefused as refused:
            return event, str(refused)
        if draft.blobs != tuple([blob.at_relay for blob in opened.blobs]):
            return event, "its attachments at the relay are not those that its author has sealed"
        if opened.body is None:
            return event, "the relay has lost its body"
        return replace(event, draft=replace(draft, body=opened.body, blobs=opened.attachments)), None

    def waits_for_body(self, group: str, event: Event) -> bool:
        """Whether the body of an event is still to be fetched: it is wanted from now on, and nothing passes it."""
        sealing, draft = self._sealings.get(group), event.draft
        if sealing is None or not draft.blobs or (group, event.seq) in self._bodiless:
            return False
        try:
            opened = sealing.open(draft.op_id, event.author, draft.body)
        except PayloadRefused:
            return False
        if opened.body is not None or draft.blobs != tuple([blob.at_relay for blob in opened.blobs]):
            return False
        bodies = tuple([blob for blob in opened.blobs if blob.is_body])
        if self._attachments.find(bodies[0].address) is None:
            self._attachments.add(Awaiting(group, event.seq, bodies, is_body=True))
        return True

    def give_body_up(self, awaiting: Awaiting) -> None:
        """Wait for the body of an event no longer."""
        self._bodiless.add((awaiting.group, awaiting.seq))

    def acknowledge(self, accepted: tuple[tuple[str, int], ...]) -> None:
        """The relay has taken these operations, at these positions."""
        changes: list[Change] = []
        notes: list[Note] = []
        for op_id, seq in accepted:
            taken = self._acknowledge(op_id, seq, changes, notes)
            if taken is not None and taken.op.entry is not None and taken.op.kind != "append":
                changes.append(self._entries.acknowledged(taken.op.group, taken.op.entry, taken.clock))
        if changes:
            self._journal.stage(tuple(changes), partial(_say, notes))

    def catch_marker_up(self, room: Room) -> None:
        """Move a marker that was blocked to where the cursor is."""
        moved = room.marker.advance(room.cursor.seq, self.deliveries)
        if moved is not None:
            self._journal.stage((moved,), partial(self._marked, room, moved))

    def attachment_arrived(self, blob: StoredBlob) -> None:
        """An attachment is here: events that waited for it alone are complete now."""
        changes: list[Change] = []
        size = blob.stored_bytes
        notes: list[Note] = [
            ("blob", {"digest": blob.digest, "state": "complete", "offset": size, "size": size})
        ]
        for awaiting in self._attachments.arrived(blob.address):
            if awaiting.is_body:
                self.body_came(awaiting.group)
                continue
            changes.append(AwaitingEnded(awaiting.group, awaiting.seq))
            if awaiting.entry is not None and awaiting.sibling is not None:
                self._apply(awaiting.group, awaiting.entry, awaiting.sibling, changes, notes)
        self._journal.stage(tuple(changes), partial(_say, notes))

    def _acknowledge(self, op_id: str, seq: int, changes: list[Change], notes: list[Note]) -> Pending | None:
        taken = self._outbox.remove(op_id)
        if taken is None:
            return None
        self.acks += 1
        self._status.push_acked(op_id, len(self._outbox))
        changes.append(OpAcked(op_id, seq))
        notes.append(("ack", {"op_id": op_id, "server_order": seq}))
        return taken

    def _quarantine(
        self, group: str, event: Event, reason: str, changes: list[Change], notes: list[Note]
    ) -> None:
        self.quarantined += 1
        self._bodiless.discard((group, event.seq))
        draft = event.draft
        if event.author == self._device:
            self._acknowledge(draft.op_id, event.seq, changes, notes)
        changes.append(Quarantined(group, event, reason))
        said = {"group": group, "op_id": draft.op_id, "version": str(event.seq)}
        notes.append(("quarantined", {**said, "server_order": event.seq, "reason": reason}))

    def _take_in(self, room: Room, event: Event, own: bool, changes: list[Change], notes: list[Note]) -> None:
        draft = event.draft
        version = sibling_of(event) if draft.entry is not None and draft.kind != "append" else None
        entry = draft.entry if version is not None else None
        # The attachments of an operation that was in the outbox were here before it was.
        if draft.blobs and not own:
            awaiting = Awaiting(room.name, event.seq, tuple(map(stored, draft.blobs)), entry, version)
            self._attachments.add(awaiting)
            changes.append(AwaitingStored(awaiting))
        elif entry is not None and version is not None:
            self._apply(room.name, entry, version, changes, notes)

    def _apply(
        self, group: str, entry: str, version: Sibling, changes: list[Change], notes: list[Note]
    ) -> None:
        change, versions = self._entries.apply(group, entry, version)
        changes.append(change)
        if versions:
            self.conflicts += 1
            notes.append(("conflict", {"group": group, "entry": entry, "versions": versions}))

    def _delivered(
        self,
        room: Room,
        n: int,
        size: int,
        moved: MarkerMoved | None,
        notes: list[Note],
        after: Then | None,
        turn: Turn,
    ) -> None:
        if n > self.committed:
            turn.observe("deliver", n=n)
        self.committed = n
        self.waiting_bytes -= size
        _say(notes, turn)
        if moved is not None:
            self._marked(room, moved, turn)
        if after is not None:
            after(turn)

    def _marked(self, room: Room, moved: MarkerMoved, turn: Turn) -> None:
        before = room.marker.local_committed(moved, turn.now)
        self.local_marker_updates += 1
        turn.observe(
            "marker",
            group=room.name,
            scope="local",
            old=str(before.seq) if before.seq else None,
            new=str(moved.seq),
            n=moved.n,
        )


def _say(notes: list[Note], turn: Turn) -> None:
    for kind, fields in notes:
        turn.observe(kind, **fields)

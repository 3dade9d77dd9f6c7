"""The relay node: membership, positions, idempotence, markers, paging, fan-out."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import partial

from syncproof_products.bundled.core.relay.actions import (
    Answered,
    Change,
    EventAppended,
    LookUp,
    MarkerMoved,
    MemberRemoved,
    MembersAdded,
    ReadPage,
    RelayAction,
    Wake,
)
from syncproof_products.bundled.core.relay.admission import (
    event_size,
    is_name,
    refusal_of_draft,
    refusal_of_room,
)
from syncproof_products.bundled.core.relay.batches import Batches, Waiting
from syncproof_products.bundled.core.relay.events import (
    CallReceived,
    CommitFailed,
    Committed,
    ExportWanted,
    FramesSent,
    LookedUp,
    PageRead,
    Placed,
    ReadFailed,
    RelayEvent,
    Subscribed,
    Tick,
    Unsubscribed,
)
from syncproof_products.bundled.core.relay.limits import Limits
from syncproof_products.bundled.core.relay.mailboxes import Mailboxes
from syncproof_products.bundled.core.relay.pushes import Key, PendingPush, Pushes
from syncproof_products.bundled.core.relay.rate import Buckets
from syncproof_products.bundled.core.relay.refusals import (
    RETRY_STORAGE_S,
    damaged,
    jittered,
    not_member,
    op_conflict,
    storage_failed,
    unknown_room,
)
from syncproof_products.bundled.core.relay.rooms import Room, Rooms
from syncproof_products.bundled.core.relay.snapshot import Snapshot
from syncproof_products.bundled.core.relay.streams import Streams
from syncproof_products.bundled.core.wire import (
    Answer,
    Event,
    FetchMail,
    GetMarker,
    LeaveRoom,
    Live,
    MailBatch,
    MailSent,
    MarkerIs,
    OpenRoom,
    Page,
    Pull,
    Push,
    Pushed,
    Refused,
    RoomInfo,
    SendMail,
    SetMarker,
)


@dataclass(frozen=True, slots=True)
class _Reading:
    room: Room
    after: int


class Relay:
    """A relay. Deterministic: the same events, times and random source give the same actions."""

    def __init__(self, limits: Limits, snapshot: Snapshot) -> None:
        self._limits = limits
        self._rooms = Rooms(snapshot)
        self._mail = Mailboxes()
        self._streams = Streams(limits, self._rooms, self._mail.last)
        self._batches = Batches()
        self._pushes = Pushes()
        self._buckets = Buckets(limits.push_rate, limits.push_burst)
        self._readings: dict[int, _Reading] = {}
        self._pending_bytes = 0
        self._next_beat: float | None = None
        self._counts = {
            "pushes": 0,
            "events_stored": 0,
            "events_repeated": 0,
            "op_conflicts": 0,
            "pulls": 0,
            "events_pulled": 0,
            "commits_failed": 0,
        }

    def metrics(self) -> dict[str, int]:
        """Counters since the start and sizes of now."""
        return {
            **self._counts,
            "frames_dropped": self._streams.frames_dropped,
            "live_subscribers": len(self._streams),
            "pending_bytes": self._pending_bytes,
        }

    def step(self, now: float, rng: random.Random, event: RelayEvent) -> list[RelayAction]:
        """What to do about an event. now: seconds of a clock that never goes back."""
        match event:
            case CallReceived():
                return self._call(now, rng, event)
            case LookedUp():
                return self._looked_up(event)
            case Committed():
                return self._committed(now, event.batch_id)
            case FramesSent():
                return self._streams.sent(now, event.stream_id, event.count)
            case PageRead():
                return self._page_read(event)
            case ExportWanted():
                room = self._rooms.existing(event.room)
                if room is None:
                    return [Answered(event.request_id, unknown_room(event.room))]
                return self._read(event.request_id, room, event.after, event.limit)
            case Subscribed():
                return self._subscribed(now, event)
            case Unsubscribed():
                self._streams.close(event.stream_id)
                return []
            case Tick():
                return self._tick(now)
            case CommitFailed():
                return self._commit_failed(rng, event)
            case ReadFailed():
                return self._read_failed(rng, event)

    def _call(self, now: float, rng: random.Random, event: CallReceived) -> list[RelayAction]:
        call = event.call
        if isinstance(call, OpenRoom):
            return self._open_room(event.request_id, event.device, call)
        if isinstance(call, SendMail):
            return self._send_mail(now, event.request_id, event.device, call)
        if isinstance(call, FetchMail):
            box = self._mail.of(event.device)
            return [Answered(event.request_id, MailBatch(box.after(call.after), box.last))]
        room = self._rooms.existing(call.room)
        if room is None:
            return [Answered(event.request_id, unknown_room(call.room))]
        if isinstance(call, LeaveRoom):
            return self._leave_room(event.request_id, event.device, room)
        if event.device not in room.members:
            return [Answered(event.request_id, not_member(event.device, call.room))]
        match call:
            case Push():
                return self._push(now, rng, event.request_id, event.device, call)
            case Pull():
                return self._read(event.request_id, room, call.after, call.limit)
            case SetMarker():
                return self._set_marker(event.request_id, event.device, room, call.seq)
            case GetMarker():
                return [Answered(event.request_id, MarkerIs(room.markers.get(event.device, 0)))]

    def _send_mail(self, now: float, request_id: int, device: str, mail: SendMail) -> list[RelayAction]:
        shared = self._rooms.heads(device).keys() & self._rooms.heads(mail.to).keys()
        if not shared:
            message = f"{device} shares no room with {mail.to}: only members of one room send each other mail"
            return [Answered(request_id, Refused(403, "not_member", message))]
        if not is_name(mail.message_id) or len(mail.content) > self._limits.max_event_bytes:
            message = (
                f"expected a message_id that is a name, and up to {self._limits.max_event_bytes} letters"
            )
            return [Answered(request_id, Refused(400, "invalid", message))]
        number = self._mail.of(mail.to).put(device, mail.message_id, mail.content)
        return [Answered(request_id, MailSent(number)), *self._streams.beat_device(now, mail.to)]

    def _open_room(self, request_id: int, device: str, call: OpenRoom) -> list[RelayAction]:
        refused = refusal_of_room(call)
        if refused is not None:
            return [Answered(request_id, refused)]
        room = self._rooms.opened(call.room)
        is_new = not room.exists and not room.joining
        if not is_new and device not in room.members and device not in room.joining:
            return [Answered(request_id, not_member(device, call.room))]
        wanted = dict.fromkeys(call.members)
        if is_new:
            wanted = dict.fromkeys((device, *call.members))
        added = tuple([name for name in wanted if name not in room.members])
        answer = partial(_room_is, room)
        if not added:
            return [Answered(request_id, answer())]
        room.joining.update(dict.fromkeys(added))
        return [self._batches.add((MembersAdded(call.room, added),), Waiting(request_id, answer))]

    def _leave_room(self, request_id: int, device: str, room: Room) -> list[RelayAction]:
        answer = partial(_room_is, room)
        if device not in room.members:
            return [Answered(request_id, answer())]
        return [self._batches.add((MemberRemoved(room.name, device),), Waiting(request_id, answer))]

    def _push(
        self, now: float, rng: random.Random, request_id: int, device: str, push: Push
    ) -> list[RelayAction]:
        self._counts["pushes"] += 1
        refused, size = self._admit(now, rng, device, push)
        if refused is not None:
            return [Answered(request_id, refused)]
        self._buckets.take(now, device, len(push.drafts))
        self._pending_bytes += size
        self._pushes.ask(request_id, device, push, size)
        return [LookUp(request_id, device, tuple([draft.op_id for draft in push.drafts]))]

    def _admit(self, now: float, rng: random.Random, device: str, push: Push) -> tuple[Refused | None, int]:
        limits = self._limits
        if len(push.drafts) > limits.max_push_events:
            seen = f"{len(push.drafts)} events in one push; the relay takes at most {limits.max_push_events}"
            return Refused(413, "too_large", seen), 0
        total = 0
        for draft in push.drafts:
            size = event_size(draft)
            refused = refusal_of_draft(draft, size, limits)
            if refused is not None:
                return refused, 0
            total += size
        delay = self._buckets.delay(now, device)
        if delay > 0:
            message = f"{device} pushes more than {limits.push_rate:g} events/s; wait {delay:.3f} s"
            return Refused(429, "too_many", message, jittered(rng, delay)), 0
        if self._pending_bytes and self._pending_bytes + total > limits.pending_bytes:
            message = f"more than {limits.pending_bytes} bytes wait to be stored; wait a moment"
            return Refused(429, "too_many", message, jittered(rng, RETRY_STORAGE_S)), 0
        return None, total

    def _looked_up(self, event: LookedUp) -> list[RelayAction]:
        pending = self._pushes.answered(event.request_id)
        if pending is None:
            return []
        actions = self._place(event, pending)
        self._pushes.release()
        return actions

    def _place(self, event: LookedUp, pending: PendingPush) -> list[RelayAction]:
        """Give each new draft of a push its position, or find the one it has; all or none."""
        author, name = pending.device, pending.push.room
        room = self._rooms.opened(name)
        seqs: dict[str, int] = {}
        fresh: dict[str, Placed] = {}
        newest = 0
        for draft in pending.push.drafts:
            known = event.found.get(draft.op_id) or fresh.get(draft.op_id)
            if known is None:
                in_flight = self._pushes.in_flight(author, draft.op_id)
                if in_flight is not None:
                    known = in_flight.placed
                    newest = max(newest, in_flight.batch_id)
            if known is None:
                known = Placed(name, Event(room.assigned + len(fresh) + 1, author, draft))
                fresh[draft.op_id] = known
            elif known.room != name or known.event.draft != draft:
                self._counts["op_conflicts"] += 1
                return [self._pushed(pending, event.request_id, op_conflict(author, draft, known))]
            seqs[draft.op_id] = known.event.seq
        accepted = tuple([(draft.op_id, seqs[draft.op_id]) for draft in pending.push.drafts])
        self._counts["events_repeated"] += len(accepted) - len(fresh)
        answer = partial(_pushed, room, accepted)
        waiting = Waiting(event.request_id, answer, pending.size)
        if not fresh:
            if self._batches.is_durable(newest):
                return [self._pushed(pending, event.request_id, answer())]
            self._batches.wait(newest, waiting)
            return []
        changes = tuple([EventAppended(name, placed.event) for placed in fresh.values()])
        commit = self._batches.add(changes, waiting)
        room.assigned += len(fresh)
        for placed in fresh.values():
            self._pushes.handed_over(author, placed.event.draft, placed, commit.batch_id)
        return [commit]

    def _pushed(self, pending: PendingPush, request_id: int, answer: Answer) -> Answered:
        self._pending_bytes -= pending.size
        return Answered(request_id, answer)

    def _set_marker(self, request_id: int, device: str, room: Room, seq: int) -> list[RelayAction]:
        if not 0 <= seq <= room.head:
            message = f"expected a marker from 0 to the head of {room.name}, {room.head}, seen {seq}"
            return [Answered(request_id, Refused(400, "invalid", message))]
        if seq <= room.markers.get(device, 0):
            return [Answered(request_id, MarkerIs(room.markers.get(device, 0)))]
        furthest = max(seq, room.moving.get(device, 0))
        room.moving[device] = furthest
        waiting = Waiting(request_id, partial(_marker_is, room, device))
        return [self._batches.add((MarkerMoved(room.name, device, furthest),), waiting)]

    def _read(self, request_id: int, room: Room, after: int, limit: int) -> list[RelayAction]:
        if after < 0 or limit < 1:
            message = f"expected after >= 0 and limit >= 1, seen after={after} and limit={limit}"
            return [Answered(request_id, Refused(400, "invalid", message))]
        self._counts["pulls"] += 1
        if after >= room.head:
            return [Answered(request_id, Page((), room.head, more=False))]
        self._readings[request_id] = _Reading(room, after)
        limits = self._limits
        limit = min(limit, limits.page_events)
        return [ReadPage(request_id, room.name, after, room.head, limit, limits.page_bytes)]

    def _page_read(self, event: PageRead) -> list[RelayAction]:
        reading = self._readings.pop(event.request_id, None)
        if reading is None:
            return []
        expected = reading.after
        for expected, found in enumerate(event.events, reading.after + 1):
            if found.seq != expected:
                return [Answered(event.request_id, damaged(reading.room.name, expected))]
        if expected == reading.after:
            return [Answered(event.request_id, damaged(reading.room.name, reading.after + 1))]
        self._counts["events_pulled"] += len(event.events)
        head = reading.room.head
        return [Answered(event.request_id, Page(event.events, head, more=expected < head))]

    def _committed(self, now: float, batch_id: int) -> list[RelayAction]:
        batch = self._batches.committed(batch_id)
        rooms = [self._rooms.apply(change) for change in batch.changes]
        self._pushes.committed(_keys(batch.changes))
        actions: list[RelayAction] = []
        for waiting in batch.waiting:
            self._pending_bytes -= waiting.size
            actions.append(Answered(waiting.request_id, waiting.answer()))
        for change, room in zip(batch.changes, rooms, strict=True):
            match change:
                case EventAppended():
                    self._counts["events_stored"] += 1
                    live = Live(change.room, change.event)
                    size = event_size(change.event.draft)
                    actions.extend(self._streams.publish(now, room.members, live, size))
                case MembersAdded():
                    for member in change.members:
                        actions.extend(self._streams.beat_device(now, member))
                case MarkerMoved() | MemberRemoved():
                    pass
        return actions

    def _commit_failed(self, rng: random.Random, event: CommitFailed) -> list[RelayAction]:
        actions: list[RelayAction] = []
        for batch in self._batches.failed(event.batch_id):
            self._counts["commits_failed"] += 1
            for change in batch.changes:
                self._rooms.revert(change)
            self._pushes.failed(_keys(batch.changes))
            for waiting in batch.waiting:
                self._pending_bytes -= waiting.size
                actions.append(Answered(waiting.request_id, storage_failed(rng, "store this", event.reason)))
        return actions

    def _read_failed(self, rng: random.Random, event: ReadFailed) -> list[RelayAction]:
        refused = storage_failed(rng, "read what it has stored", event.reason)
        pending = self._pushes.answered(event.request_id)
        if pending is not None:
            self._pushes.release()
            return [self._pushed(pending, event.request_id, refused)]
        if self._readings.pop(event.request_id, None) is not None:
            return [Answered(event.request_id, refused)]
        return []

    def _subscribed(self, now: float, event: Subscribed) -> list[RelayAction]:
        actions = self._streams.open(now, event.stream_id, event.device)
        if self._next_beat is None:
            self._next_beat = now + self._limits.heartbeat_s
            actions.append(Wake(self._next_beat))
        return actions

    def _tick(self, now: float) -> list[RelayAction]:
        if self._next_beat is None:
            return []
        if now < self._next_beat:
            # Timers fire early (uvloop's by up to a millisecond): without another one the heart would stop.
            return [Wake(self._next_beat)]
        actions = self._streams.beat_all(now)
        self._next_beat = None
        if len(self._streams):
            self._next_beat = now + self._limits.heartbeat_s
            actions.append(Wake(self._next_beat))
        return actions


def _keys(changes: tuple[Change, ...]) -> list[Key]:
    return [(c.event.author, c.event.draft.op_id) for c in changes if isinstance(c, EventAppended)]


def _room_is(room: Room) -> Answer:
    return RoomInfo(room.name, tuple(room.members), room.head)


def _pushed(room: Room, accepted: tuple[tuple[str, int], ...]) -> Answer:
    return Pushed(accepted, room.head)


def _marker_is(room: Room, device: str) -> Answer:
    return MarkerIs(room.markers[device])

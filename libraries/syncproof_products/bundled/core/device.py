"""The device node: told what happens, it says what to do."""

from __future__ import annotations

import random

from syncproof_products.bundled.core.actions import Action, Wake
from syncproof_products.bundled.core.attachments import AttachmentIndex
from syncproof_products.bundled.core.conflict import Entries
from syncproof_products.bundled.core.connection import Connection, State
from syncproof_products.bundled.core.delivery import Delivery
from syncproof_products.bundled.core.events import (
    Answered,
    BlobDone,
    BlobFailed,
    BlobMoved,
    CommitFailed,
    Committed,
    ConnectWanted,
    DeviceEvent,
    DisconnectWanted,
    ExchangeFailed,
    FlushWanted,
    FocusChanged,
    FrameGot,
    GroupLeft,
    GroupSet,
    MarkerSet,
    Ponged,
    RelayAddressChanged,
    Started,
    StreamDown,
    StreamMoved,
    StreamUp,
    Submit,
    Tick,
    UploadHeld,
    VerificationDecided,
    VerificationWanted,
)
from syncproof_products.bundled.core.exchanges import Exchanges
from syncproof_products.bundled.core.journal import Journal
from syncproof_products.bundled.core.marker_sync import MarkerSync
from syncproof_products.bundled.core.membership import Membership
from syncproof_products.bundled.core.outbox import Outbox
from syncproof_products.bundled.core.quality import LinkQuality, Quality
from syncproof_products.bundled.core.receiving import Receiver
from syncproof_products.bundled.core.records import IntentStored, Snapshot
from syncproof_products.bundled.core.room import Room, Rooms
from syncproof_products.bundled.core.sas import Primitives, Sas
from syncproof_products.bundled.core.sealing import Sealings
from syncproof_products.bundled.core.sending import Sender
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.status import StatusTracker, SyncStatus
from syncproof_products.bundled.core.timekeeping import Timekeeping
from syncproof_products.bundled.core.transfers import Transfers
from syncproof_products.bundled.core.turn import Turn
from syncproof_products.bundled.core.verifying import Verifying
from syncproof_products.bundled.core.wire import Frame, Heartbeat, Hello, Live


class Device:
    """A device. Deterministic: the same events, times and random source give the same actions.

    device: its name, which the relay knows as the author of its events. primitives: without them it verifies
    nobody. sealings: of the groups that are encrypted.
    """

    def __init__(
        self,
        device: str,
        settings: Settings,
        primitives: Primitives | None = None,
        sealings: Sealings | None = None,
    ) -> None:
        sealings = {} if sealings is None else sealings
        self._settings = settings
        self._time = Timekeeping(settings.standby_threshold_s)
        self._rooms: Rooms = {}
        self._journal = Journal(settings)
        self._exchanges = Exchanges(settings)
        self._outbox = Outbox(settings)
        self._entries = Entries()
        self._attachments = AttachmentIndex()
        self._connection = Connection(settings, self._exchanges)
        self._status = StatusTracker()
        self._shown = self._status.status
        self._quality = LinkQuality(settings)
        self._delivery = Delivery(
            device, self._journal, self._outbox, self._entries, self._attachments, sealings, self._status
        )
        self._receiver = Receiver(settings, self._rooms, self._journal, self._exchanges, self._delivery)
        self._delivery.body_came = self._receiver.body_came
        self._membership = Membership(settings, self._rooms, self._journal, self._exchanges, self._receiver)
        self._transfers = Transfers(
            settings,
            self._rooms,
            self._journal,
            self._exchanges,
            self._outbox,
            self._attachments,
            self._delivery,
        )
        self._sender = Sender(
            device,
            settings,
            self._rooms,
            self._journal,
            self._exchanges,
            self._outbox,
            self._entries,
            self._delivery,
            self._transfers,
            sealings,
            self._status,
        )
        self._markers = MarkerSync(self._rooms, self._journal, self._exchanges)
        self._verifying = Verifying(device, settings, self._exchanges, primitives)

    @property
    def connection(self) -> State:
        """offline, connecting, catching_up or live."""
        return self._connection.state

    @property
    def status(self) -> SyncStatus:
        """What it shows its user of its syncing."""
        return self._shown

    @property
    def quality(self) -> Quality:
        """good, degraded, or unknown while nothing says."""
        return self._quality.state

    @property
    def breaker(self) -> str:
        """closed, open or half_open."""
        return self._exchanges.breaker.state

    @property
    def verifications(self) -> tuple[Sas, ...]:
        """The verifications that it remembers."""
        return self._verifying.sides

    @property
    def deliveries(self) -> int:
        """Length of the delivery log, as committed."""
        return self._delivery.committed

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that the relay has confirmed."""
        return tuple([room.name for room in self._rooms.values() if room.joined])

    def pending(self) -> dict[str, int]:
        """What is not done yet, by kind."""
        return {
            "outbox": len(self._outbox),
            "uploads": self._transfers.uploading,
            "downloads": self._attachments.missing,
            "held": self._receiver.holding,
            "retries": len(self._exchanges.retries),
            "markers": self._markers.lagging,
        }

    def metrics(self) -> dict[str, int]:
        """Counters since the start, and sizes of now, in the words of the plan."""
        receiver, delivery, exchanges = self._receiver, self._delivery, self._exchanges
        return {
            "catchupBatches": receiver.batches,
            "catchUps": receiver.catchups,
            "wakeCatchUps": receiver.wakes,
            "descriptorCatchUps": self._transfers.descriptor_catchups,
            "conflictsCreated": delivery.conflicts,
            "circuitOpens": exchanges.breaker.opens,
            "pendingJsonPaths": self._attachments.events,
            "attachmentsCompleted": self._transfers.completed,
            "retriesScheduled": exchanges.retries.scheduled,
            "retriesPruned": exchanges.retries.pruned,
            "attemptsFailed": exchanges.failed_attempts,
            "eventsQuarantined": delivery.quarantined,
            "localMarkerUpdates": delivery.local_marker_updates,
            "remoteMarkerUpdates": self._markers.remote_updates,
            "reconnects": max(0, self._connection.ups - 1),
            "duplicatesIgnored": receiver.duplicates,
            "eventsHeld": receiver.held,
            "eventsHeldDropped": receiver.held_dropped,
            "relayBehind": receiver.relay_behind,
            "pushes": self._sender.pushes,
            "opsAcked": delivery.acks,
            "opsFailed": self._sender.failed,
            "commitsFailed": self._journal.failures,
            "deliveries": delivery.committed,
        }

    def step(self, now: float, rng: random.Random, event: DeviceEvent) -> list[Action]:
        """What to do about an event.

        now: seconds of the device's own clock, which runs through standby. It may jump: a jump ahead by
        `standby_threshold_s` or more counts as standby, one back counts as no time at all.
        """
        gap = self._time.look(now)
        turn = Turn(self._time.now, now - self._time.now, rng)
        if gap is not None:
            self._woke(turn, gap)
        self._exchanges.look(turn)
        self._handle(turn, event)
        if gap is None and _only_takes_in(event) and not self._receiver.catching_up:
            self._journal.flush(turn)
            return turn.actions
        self._pump(turn)
        self._journal.flush(turn)
        self._connection.settle(turn, self._receiver.catching_up)
        self._show_status(turn)
        turn.do(Wake(self._next_due(turn.now) + turn.ahead))
        return turn.actions

    def _show_status(self, turn: Turn) -> None:
        self._status.connection(self._connection.state in ("catching_up", "live"))
        status = self._status.status
        if status is not self._shown:
            self._shown = status
            turn.observe("sync_status", **status.shown)

    def _handle(self, turn: Turn, event: DeviceEvent) -> None:
        match event:
            case Committed():
                self._journal.committed(turn, event.batch)
            case FrameGot():
                if self._connection.is_current(event.stream):
                    self._connection.moved(turn, event.stream)
                    self._frame(turn, event.frame)
            case Answered():
                self._exchanges.succeeded(turn, event.exchange, event.answer)
            case Submit():
                self._sender.submit(turn, event)
            case Tick():
                pass
            case ExchangeFailed():
                self._exchanges.failed(turn, event.exchange, event.reason)
            case BlobMoved():
                self._transfers.moved(turn, event.exchange, event.offset)
            case BlobDone():
                self._exchanges.succeeded(turn, event.exchange)
            case UploadHeld():
                self._transfers.held(turn, event.exchange, event.held, event.whole)
            case BlobFailed():
                self._transfers.failed(turn, event.exchange, event.reason, event.offset)
            case Ponged():
                self._quality.came_back(turn, event.stream, event.number)
            case StreamMoved():
                self._connection.moved(turn, event.stream)
            case StreamUp():
                self._connection.up(turn, event.stream)
            case StreamDown():
                self._connection.down(turn, event.stream, event.reason)
                self._transfers.cut_off()
            case CommitFailed():
                self._journal.failed(turn, event.batch, event.reason)
            case GroupSet():
                self._membership.set_group(event)
            case GroupLeft():
                self._membership.leave(turn, event)
            case MarkerSet():
                self._markers.set_marker(turn, event, self._delivery.deliveries)
            case VerificationWanted():
                self._verifying.ask(turn, event)
            case VerificationDecided():
                self._verifying.decide(turn, event)
            case ConnectWanted():
                self._want(turn, True)
            case DisconnectWanted():
                self._want(turn, False)
            case FocusChanged():
                self._focus(turn, event.focused)
            case FlushWanted():
                self._exchanges.retries.expedite()
            case RelayAddressChanged():
                self._connection.move(turn, event.address)
            case Started():
                self._started(turn, event.snapshot)

    def _frame(self, turn: Turn, frame: Frame) -> None:
        match frame:
            case Live():
                room = self._membership.member_of(frame.room, frame.event.seq)
                if room is not None:
                    self._receiver.live(turn, room, frame.event)
            case Heartbeat():
                self._verifying.announced(frame.mail)
                self._membership.heads(frame.heads, "behind")
            case Hello():
                self._connection.greet()
                self._transfers.look_again()
                self._verifying.announced(frame.mail)
                self._membership.heads(frame.heads, "connected")

    def _pump(self, turn: Turn) -> None:
        self._connection.pump(turn)
        self._quality.pump(turn, self._connection.stream)
        self._verifying.pump(turn)
        if not self._exchanges.online:
            return
        self._membership.pump(turn)
        self._receiver.pump(turn)
        self._transfers.pump(turn, self._sender.fail)
        self._sender.pump(turn)
        self._markers.pump(turn)

    def _woke(self, turn: Turn, gap: float) -> None:
        turn.observe("wake", gap_ms=gap * 1000)
        self._connection.woke(turn.now)
        self._quality.woke()
        self._receiver.woke(turn)

    def _focus(self, turn: Turn, focused: bool) -> None:
        """In the foreground again: nobody knows how long that was, so that everything is looked at anew."""
        turn.observe("focus", focused=focused)
        if focused:
            self._status.user_came_back()
            self._exchanges.retries.expedite()
            for room in self._rooms.values():
                if room.joined:
                    self._receiver.want(room, "focus")

    def _want(self, turn: Turn, wanted: bool) -> None:
        if wanted != self._connection.wanted:
            self._journal.stage((IntentStored(wanted),))
            self._transfers.cut_off()
        self._connection.want(turn, wanted)

    def _started(self, turn: Turn, snapshot: Snapshot) -> None:
        self._delivery.deliveries = self._delivery.committed = snapshot.deliveries
        self._entries.restore(snapshot.entries)
        for state in snapshot.groups:
            self._rooms[state.group] = Room(self._settings, state)
        for row in snapshot.outbox:
            self._outbox.restore(row)
        self._attachments.partials = snapshot.partials
        for awaiting in snapshot.awaiting:
            self._attachments.add(awaiting)
        self._transfers.uploaded.update(dict.fromkeys(snapshot.uploaded))
        self._transfers.cut_off()
        for room in self._rooms.values():
            room.marker.resume(turn.now)
            self._delivery.catch_marker_up(room)
        self._connection.want(turn, snapshot.connected)

    def _next_due(self, now: float) -> float:
        dues = (
            self._exchanges.next_due(now),
            self._connection.next_due(),
            self._markers.next_due(now),
            self._journal.next_due(now),
            self._transfers.next_due(),
            self._quality.next_due(),
        )
        due = now + self._settings.heartbeat_s
        for at in dues:
            if at is not None and now < at < due:
                due = at
        return due


def _only_takes_in(event: DeviceEvent) -> bool:
    """Whether it lets nothing begin before the next commit: the events of which there are many."""
    return isinstance(event, Submit) or (isinstance(event, FrameGot) and isinstance(event.frame, Live))

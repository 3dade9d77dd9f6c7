"""A device in a simulation: the pure core, its in-memory storage and its end of a link to the relay."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from syncproof_products.bundled.core.actions import (
    Accepted,
    Action,
    AskUpload,
    Cancel,
    CloseStream,
    Commit,
    DownloadBlob,
    Exchange,
    Observe,
    OpenStream,
    Ping,
    Rejected,
    UploadBlob,
    UploadPart,
    Wake,
)
from syncproof_products.bundled.core.device import Device
from syncproof_products.bundled.core.events import (
    Answered,
    BlobDone,
    BlobFailed,
    Committed,
    ConnectWanted,
    DeviceEvent,
    ExchangeFailed,
    FrameGot,
    Ponged,
    RelayAddressChanged,
    Started,
    StreamDown,
    StreamUp,
    Submit,
    Tick,
    UploadHeld,
)
from syncproof_products.bundled.core.records import Op
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.simulation.device_store import DeviceStore
from syncproof_products.bundled.core.simulation.link import Link
from syncproof_products.bundled.core.simulation.relay_node import RelayNode
from syncproof_products.bundled.core.uploads import Part
from syncproof_products.bundled.core.wire import Answer, Frame
from syncproof_synckit.virtual_time import Scheduler

_REFUSED_S = 0.001
_Transfer = UploadBlob | AskUpload | UploadPart | DownloadBlob


class DeviceNode:
    """One device. A crash forgets everything that is not committed; `start` goes on from the storage.

    observe: hears of every Observe, Accepted and Rejected, with the time (virtual seconds).
    """

    def __init__(
        self,
        name: str,
        scheduler: Scheduler,
        rng: random.Random,
        settings: Settings,
        relay: RelayNode,
        link: Link,
        observe: Callable[[float, str, Observe | Accepted | Rejected], None],
        commit_s: float = 0.004,
    ) -> None:
        self.name = name
        self.link = link
        self.store = DeviceStore()
        self.running = False
        self._scheduler = scheduler
        self._rng = rng
        self._settings = settings
        self._relay = relay
        self._observe = observe
        self._commit_s = commit_s
        self._suspended: list[DeviceEvent] | None = None
        self._life = 0
        self._tickets = 0
        self._stream = 0
        self._relay_stream = 0
        self._asked: dict[int, bool] = {}
        self._wake_at = 0.0
        self._timer_at: float | None = None
        self.core = Device(name, settings)
        link.on_cut = self.disconnected
        link.on_swallow = self._silenced

    def start(self) -> None:
        """Begin to run, from what is committed."""
        self._life += 1
        self.running = True
        self.core = Device(self.name, self._settings)
        self.tell(Started(self.store.snapshot()))
        self.tell(RelayAddressChanged("relay:1"))

    def crash(self) -> None:
        """End at once; the relay sees the stream end."""
        self._life += 1
        self.running = False
        self._end_stream()
        self._asked.clear()
        self._timer_at = None

    def disconnected(self) -> None:
        """Every connection of this device broke."""
        stream, asked = self._stream, list(self._asked)
        self._end_stream()
        self._asked.clear()
        if stream:
            self._later(StreamDown(stream, "closed"))
        for exchange in asked:
            self._later(ExchangeFailed(exchange, "closed"))

    def _silenced(self) -> None:
        """Nothing comes any more: what is asked fails by its timeout."""
        for exchange in self._asked:
            late = partial(self._failed, self._life, exchange, "timeout")
            self._scheduler.after(self._settings.idle_timeout_s, late)

    def submit(self, op: Op) -> bool:
        """The application hands an operation in; what the storage knows already is not handed in again.

        Returns whether the device runs to take it.
        """
        if self.running and op.op_id not in self.store.acked and op.op_id not in self.store.failed:
            self._tickets += 1
            self.tell(Submit(self._tickets, op))
        return self.running

    def connect(self) -> None:
        """The application wants to be connected."""
        self.tell(ConnectWanted())

    def suspend(self) -> None:
        """Standby: nothing is processed until `resume`; what arrives waits."""
        self._suspended = []

    def resume(self) -> None:
        """Go on with what arrived meanwhile."""
        waiting, self._suspended = self._suspended or [], None
        for event in waiting:
            self.tell(event)

    def lose_storage(self) -> None:
        """The device's storage is gone; the next start is from nothing."""
        self.store = DeviceStore()

    def tell(self, event: DeviceEvent) -> None:
        """Let something happen to the device."""
        if self._suspended is not None:
            self._suspended.append(event)
        elif self.running:
            for action in self.core.step(self._scheduler.now, self._rng, event):
                self._perform(action)

    def _perform(self, action: Action) -> None:
        match action:
            case Wake():
                self._wake(action.at)
            case Observe() | Accepted() | Rejected():
                self._observe(self._scheduler.now, self.name, action)
            case Commit():
                self._scheduler.after(self._commit_s, partial(self._commit, self._life, action))
            case Exchange():
                if self._reaches(ExchangeFailed(action.exchange, "refused")):
                    self._asked[action.exchange] = True
                    self.link.carry(partial(self._request, self._life, action))
            case OpenStream():
                self._stream = action.stream
                if self._reaches(StreamDown(action.stream, "refused")):
                    self.link.carry(partial(self._subscribe, self._life, action.stream), "up")
                else:
                    self._stream = 0
            case Ping():
                if action.stream == self._stream:
                    self.link.carry(partial(self._pong, self._life, action), "up")
            case CloseStream():
                self._end_stream()
            case Cancel():
                self._asked.pop(action.exchange, None)
            case UploadBlob() | AskUpload() | UploadPart() | DownloadBlob():
                if self._reaches(BlobFailed(action.exchange, "refused")):
                    self._asked[action.exchange] = True
                    self.link.carry(partial(self._transfer, self._life, action))

    def _reaches(self, otherwise: DeviceEvent) -> bool:
        """Whether the relay can be connected to; tells the device `otherwise` before long."""
        if self.link.black_hole:
            self._scheduler.after(
                self._settings.idle_timeout_s, partial(self._tell_in, self._life, otherwise)
            )
            return False
        if self.link.is_cut or not self._relay.running:
            self._scheduler.after(_REFUSED_S, partial(self._tell_in, self._life, otherwise))
            return False
        return True

    def _later(self, event: DeviceEvent) -> None:
        self._scheduler.after(_REFUSED_S, partial(self._tell_in, self._life, event))

    def _tell_in(self, life: int, event: DeviceEvent) -> None:
        if life == self._life:
            self.tell(event)

    # ---- storage and time

    def _commit(self, life: int, action: Commit) -> None:
        if life == self._life:
            self.store.apply(action.changes)
            self.tell(Committed(action.batch))

    def _wake(self, at: float) -> None:
        self._wake_at = at
        if self._timer_at is None or at < self._timer_at:
            self._timer_at = at
            self._scheduler.at(at, partial(self._ring, self._life, at))

    def _ring(self, life: int, at: float) -> None:
        if life != self._life or at != self._timer_at:
            return
        self._timer_at = None
        if self._wake_at > self._scheduler.now:
            self._wake(self._wake_at)
        else:
            self.tell(Tick())

    # ---- calls

    def _request(self, life: int, action: Exchange) -> None:
        if self._relay.running:
            self._relay.call(self.name, action.call, partial(self._respond, life, action.exchange))

    def _respond(self, life: int, exchange: int, answer: Answer) -> None:
        if self.link.loses_answer():
            self.link.carry(partial(self._failed, life, exchange, "closed"))
        else:
            self.link.carry(partial(self._answered, life, exchange, answer))

    def _answered(self, life: int, exchange: int, answer: Answer) -> None:
        if life == self._life and self._asked.pop(exchange, False):
            self.tell(Answered(exchange, answer))

    def _failed(self, life: int, exchange: int, reason: str) -> None:
        if life == self._life and self._asked.pop(exchange, False):
            self.tell(ExchangeFailed(exchange, reason))

    def _transfer(self, life: int, action: _Transfer) -> None:
        answer: DeviceEvent = BlobDone(action.exchange)
        if isinstance(action, UploadBlob):
            self._relay.blobs[action.digest] = None
        elif isinstance(action, AskUpload):
            answer = UploadHeld(action.exchange, *self._relay.ask_upload(self.name, action.digest))
        elif isinstance(action, UploadPart):
            part = Part(action.offset, action.length)
            held = self._relay.append(self.name, action.digest, part, action.size)
            answer = UploadHeld(action.exchange, *held)
        elif action.digest not in self._relay.blobs:
            answer = BlobFailed(action.exchange, "missing")
        self.link.carry(partial(self._transferred, life, action.exchange, answer))

    def _transferred(self, life: int, exchange: int, answer: DeviceEvent) -> None:
        if life == self._life and self._asked.pop(exchange, False):
            self.tell(answer)

    # ---- the live stream

    def _subscribe(self, life: int, stream: int) -> None:
        if life != self._life or stream != self._stream:
            return
        self.link.carry(partial(self._tell_stream, life, stream, StreamUp(stream)), "down")
        send, closed = partial(self._send_frame, life, stream), partial(self._stream_closed, life, stream)
        self._relay_stream = self._relay.subscribe(self.name, send, closed)

    def _pong(self, life: int, action: Ping) -> None:
        if self._relay.running:
            answer = Ponged(action.stream, action.number)
            self.link.carry(partial(self._tell_stream, life, action.stream, answer), "down")

    def _send_frame(self, life: int, stream: int, frame: Frame) -> None:
        for _ in range(1 + self.link.repeats_frame()):
            self.link.carry(partial(self._tell_stream, life, stream, FrameGot(stream, frame)), "down")

    def _stream_closed(self, life: int, stream: int, reason: str) -> None:
        self.link.carry(partial(self._tell_stream, life, stream, StreamDown(stream, reason)), "down")

    def _tell_stream(self, life: int, stream: int, event: DeviceEvent) -> None:
        if life == self._life and stream == self._stream:
            self.tell(event)

    def _end_stream(self) -> None:
        self._stream = 0
        if self._relay_stream:
            ended, self._relay_stream = self._relay_stream, 0
            self._relay.unsubscribe(ended)

"""A relay in a simulation: the pure core over its in-memory storage, with a commit that takes its time."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from functools import partial

from syncproof_products.bundled.core.relay.actions import (
    Answered,
    CloseStream,
    Commit,
    RelayAction,
    SendFrame,
    Wake,
)
from syncproof_products.bundled.core.relay.events import (
    CallReceived,
    FramesSent,
    RelayEvent,
    Subscribed,
    Tick,
    Unsubscribed,
)
from syncproof_products.bundled.core.relay.limits import Limits
from syncproof_products.bundled.core.relay.memory_store import MemoryStore
from syncproof_products.bundled.core.relay.relay import Relay
from syncproof_products.bundled.core.relay.uploads import Begun, Uploads
from syncproof_products.bundled.core.relay.uploads import Key as UploadKey
from syncproof_products.bundled.core.uploads import Part
from syncproof_products.bundled.core.wire import Answer, Call, Frame
from syncproof_synckit.virtual_time import Scheduler


class RelayNode:
    """One relay. A crash forgets everything that is not committed; `start` goes on from the storage."""

    def __init__(
        self, scheduler: Scheduler, rng: random.Random, limits: Limits, commit_s: float = 0.004
    ) -> None:
        self._scheduler = scheduler
        self._rng = rng
        self._limits = limits
        self._commit_s = commit_s
        self.store = MemoryStore()
        self.blobs: dict[str, None] = {}
        #: Bytes on disk of each unfinished upload.
        self._parts: dict[UploadKey, int] = {}
        self.running = False
        self._life = 0
        self._ids = 0
        self._wake_at: float | None = None
        self._timer_at: float | None = None
        self._answers: dict[int, Callable[[Answer], None]] = {}
        self._streams: dict[int, tuple[Callable[[Frame], None], Callable[[str], None]]] = {}
        self.start()

    def start(self) -> None:
        """Begin to run, from what is committed."""
        self._life += 1
        self.running = True
        self._core = Relay(self._limits, self.store.snapshot())
        held = {key: (count, 0.0) for key, count in self._parts.items()}
        self._uploads = Uploads(self._limits, held, self._scheduler.now)

    def crash(self) -> None:
        """End at once. Connections end with it (whoever holds one has to see to that)."""
        self._life += 1
        self.running = False
        self._answers.clear()
        self._streams.clear()
        self._wake_at = self._timer_at = None

    def call(self, device: str, call: Call, answer: Callable[[Answer], None]) -> None:
        """A request arrives; `answer` is called once with what the relay says, unless it crashes before."""
        self._ids += 1
        self._answers[self._ids] = answer
        self._step(CallReceived(self._ids, device, call))

    def ask_upload(self, device: str, digest: str) -> tuple[int, bool]:
        """How many bytes of an upload are here, and whether the whole is."""
        return self._uploads.ask(self._scheduler.now, (device, digest)), digest in self.blobs

    def append(self, device: str, digest: str, part: Part, size: int) -> tuple[int, bool]:
        """A part of an upload arrives. Answers like `ask_upload`."""
        key, now = (device, digest), self._scheduler.now
        begun = self._uploads.begin(now, key, part.offset, size)
        if isinstance(begun, Begun):
            self._parts[key] = self._uploads.wrote(now, key, part.length)
            if self._parts[key] == size:
                self.blobs[digest] = None
        return self.ask_upload(device, digest)

    def subscribe(self, device: str, send: Callable[[Frame], None], closed: Callable[[str], None]) -> int:
        """A live stream is opened. Returns its id."""
        self._ids += 1
        self._streams[self._ids] = (send, closed)
        self._step(Subscribed(self._ids, device))
        return self._ids

    def unsubscribe(self, stream: int) -> None:
        """A live stream ended."""
        if self._streams.pop(stream, None) is not None:
            self._step(Unsubscribed(stream))

    def _step(self, event: RelayEvent) -> None:
        events = deque([event])
        while events:
            for action in self._core.step(self._scheduler.now, self._rng, events.popleft()):
                self._perform(action, events)

    def _perform(self, action: RelayAction, events: deque[RelayEvent]) -> None:
        match action:
            case SendFrame():
                stream = self._streams.get(action.stream_id)
                if stream is not None:
                    stream[0](action.frame)
                    events.append(FramesSent(action.stream_id))
            case Answered():
                answer = self._answers.pop(action.request_id, None)
                if answer is not None:
                    answer(action.answer)
            case Commit():
                self._scheduler.after(self._commit_s, partial(self._commit, self._life, action))
            case CloseStream():
                stream = self._streams.pop(action.stream_id, None)
                if stream is not None:
                    stream[1](action.reason)
            case Wake():
                self._wake(action.at)
            case _:
                events.append(self.store.execute(action))

    def _commit(self, life: int, action: Commit) -> None:
        if life == self._life:
            self._step(self.store.execute(action))

    def _wake(self, at: float) -> None:
        self._wake_at = at
        if self._timer_at is None or at < self._timer_at:
            self._timer_at = at
            self._scheduler.at(at, partial(self._ring, self._life, at))

    def _ring(self, life: int, at: float) -> None:
        if life != self._life or at != self._timer_at:
            return
        self._timer_at = None
        if self._wake_at is not None and self._wake_at > self._scheduler.now:
            self._wake(self._wake_at)
        else:
            self._wake_at = None
            self._step(Tick())

"""A relay core with its storage, for tests that want each answer at once."""

from __future__ import annotations

import random

from syncproof_products.bundled.core.relay.actions import (
    Answered,
    CloseStream,
    Commit,
    LookUp,
    ReadPage,
    RelayAction,
    SendFrame,
)
from syncproof_products.bundled.core.relay.events import CallReceived, FramesSent, RelayEvent
from syncproof_products.bundled.core.relay.limits import Limits
from syncproof_products.bundled.core.relay.memory_store import MemoryStore
from syncproof_products.bundled.core.relay.relay import Relay
from syncproof_products.bundled.core.wire import Answer, Call, Draft, Event, Frame, OpenRoom, Push


def draft(op_id: str, body: str = "{}") -> Draft:
    return Draft(op_id, "append", body)


class RelayBench:
    """Executes storage actions as they come; keeps all others. now: seconds, moved by the test."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.store = MemoryStore()
        self.relay = Relay(limits or Limits(), self.store.snapshot())
        self.now = 0.0
        self.actions: list[RelayAction] = []
        self._rng = random.Random(0)
        self._requests = 0

    def restart(self, limits: Limits | None = None) -> None:
        """The core dies; a new one starts from what was committed."""
        self.relay = Relay(limits or Limits(), self.store.snapshot())

    def step(self, event: RelayEvent) -> list[RelayAction]:
        """Everything but storage actions that this event led to."""
        seen: list[RelayAction] = []
        events = [event]
        while events:
            for action in self.relay.step(self.now, self._rng, events.pop(0)):
                if isinstance(action, LookUp | ReadPage | Commit):
                    events.append(self.store.execute(action))
                else:
                    seen.append(action)
        self.actions += seen
        return seen

    def call(self, device: str, call: Call) -> Answer:
        self._requests += 1
        answers = [
            action.answer
            for action in self.step(CallReceived(self._requests, device, call))
            if isinstance(action, Answered)
        ]
        assert len(answers) == 1
        return answers[0]

    def open(self, *members: str) -> None:
        self.call(members[0], OpenRoom("room", members))

    def push(self, device: str, *drafts: Draft) -> Answer:
        return self.call(device, Push("room", drafts))

    def frames(self, stream_id: int) -> list[Frame]:
        """Every frame sent on a stream so far."""
        return [a.frame for a in self.actions if isinstance(a, SendFrame) and a.stream_id == stream_id]

    def closed(self) -> list[int]:
        return [a.stream_id for a in self.actions if isinstance(a, CloseStream)]

    def sent(self, stream_id: int, count: int = 1) -> list[RelayAction]:
        return self.step(FramesSent(stream_id, count))

    def log(self) -> tuple[Event, ...]:
        return self.store.log("room")

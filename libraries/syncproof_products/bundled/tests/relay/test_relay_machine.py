"""Any interleaving of pushes, storage answers, failures and crashes keeps the relay's promises."""

from __future__ import annotations

import random
from collections import deque

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from syncproof_products.bundled.core.relay.actions import (
    Answered,
    Commit,
    LookUp,
    ReadPage,
    RelayAction,
    SendFrame,
)
from syncproof_products.bundled.core.relay.events import (
    CallReceived,
    CommitFailed,
    Committed,
    FramesSent,
    RelayEvent,
    Subscribed,
    Tick,
    Unsubscribed,
)
from syncproof_products.bundled.core.relay.limits import Limits
from syncproof_products.bundled.core.relay.memory_store import MemoryStore
from syncproof_products.bundled.core.relay.relay import Relay
from syncproof_products.bundled.core.wire import (
    Call,
    Draft,
    GetMarker,
    Live,
    MarkerIs,
    OpenRoom,
    Page,
    Pull,
    Push,
    Pushed,
    Refused,
    RoomInfo,
    SetMarker,
)

DEVICES = ("alice", "bob")
ROOMS = ("red", "blue")
LIMITS = Limits(subscriber_queue=3, page_events=2, heartbeat_s=1.0)

devices = st.sampled_from(DEVICES)
rooms = st.sampled_from(ROOMS)
# Few operations, so that most pushes meet one that is stored or on its way; one of them comes in two versions.
CONTESTED = "3"
drafts = st.builds(
    lambda op_id, other: Draft(op_id, "append", other if op_id == CONTESTED else "x"),
    st.sampled_from(("1", "2", CONTESTED)),
    st.sampled_from("xy"),
)


class RelayMachine(RuleBasedStateMachine):
    """Storage actions wait: they are executed in one rule and reported in another, so that a crash falls between."""

    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryStore()
        self.rng = random.Random(0)
        self.now = 0.0
        self.last_id = 0
        self.places: dict[tuple[str, str], tuple[str, int]] = {}
        self.markers: dict[tuple[str, str], int] = {}
        self.crash()
        for room in ROOMS:
            self.call("alice", OpenRoom(room, DEVICES))
            while self.unread:
                self.execute(0)
                self.report(0)

    @rule()
    def crash(self) -> None:
        self.relay = Relay(LIMITS, self.store.snapshot())
        self.calls: dict[int, tuple[str, Call]] = {}
        self.unread: list[LookUp | ReadPage | Commit] = []
        self.unreported: list[RelayEvent] = []
        self.queued: dict[int, int] = {}
        self.next_live: dict[tuple[int, str], int] = {}

    @rule(device=devices, room=rooms, pushed=st.lists(drafts, max_size=3))
    def push(self, device: str, room: str, pushed: list[Draft]) -> None:
        # The same operation in another room would be a conflict nearly every time.
        own = [Draft(f"{room}-{one.op_id}", one.kind, one.body) for one in pushed]
        self.call(device, Push(room, tuple(own)))

    @rule(room=rooms, pushed=st.lists(drafts, min_size=1, max_size=2))
    def push_twice(self, room: str, pushed: list[Draft]) -> None:
        """An impatient device: the second push comes before the first is answered."""
        self.push("alice", room, pushed)
        self.push("alice", room, pushed)

    @rule(device=devices, room=rooms, after=st.integers(0, 5))
    def pull(self, device: str, room: str, after: int) -> None:
        self.call(device, Pull(room, after, 10))

    @rule(room=rooms, wanted=st.lists(st.integers(0, 4), min_size=1, max_size=2))
    def set_marker(self, room: str, wanted: list[int]) -> None:
        for seq in wanted:
            self.call("alice", SetMarker(room, seq))
        self.call("alice", GetMarker(room))

    @precondition(lambda self: self.unread)
    @rule(choice=st.integers(0, 9))
    def execute(self, choice: int) -> None:
        """Reads happen in any order, commits in theirs."""
        action = self.unread[choice % len(self.unread)]
        if isinstance(action, Commit):
            action = next(one for one in self.unread if isinstance(one, Commit))
        self.unread.remove(action)
        self.unreported.append(self.store.execute(action))

    @precondition(lambda self: any(isinstance(one, Commit) for one in self.unread))
    @rule()
    def fail_commit(self) -> None:
        action = next(one for one in self.unread if isinstance(one, Commit))
        self.unread.remove(action)
        self.unreported.append(CommitFailed(action.batch_id, "disk full"))

    @precondition(lambda self: self.unreported)
    @rule(choice=st.integers(0, 9))
    def report(self, choice: int) -> None:
        event = self.unreported[choice % len(self.unreported)]
        if isinstance(event, Committed | CommitFailed):
            event = next(one for one in self.unreported if isinstance(one, Committed | CommitFailed))
        self.unreported.remove(event)
        self.step(event)

    @rule(device=devices)
    def subscribe(self, device: str) -> None:
        self.last_id += 1
        self.queued[self.last_id] = 0
        self.step(Subscribed(self.last_id, device))

    @precondition(lambda self: self.queued)
    @rule(choice=st.integers(0, 9), count=st.integers(1, 4))
    def frames_sent(self, choice: int, count: int) -> None:
        stream_id = list(self.queued)[choice % len(self.queued)]
        count = min(count, self.queued[stream_id])
        if count:
            self.queued[stream_id] -= count
            self.step(FramesSent(stream_id, count))

    @precondition(lambda self: self.queued)
    @rule()
    def unsubscribe(self) -> None:
        stream_id = next(iter(self.queued))
        del self.queued[stream_id]
        self.step(Unsubscribed(stream_id))

    @rule(order=st.randoms(use_true_random=False))
    def settle(self, order: random.Random) -> None:
        """All that is under way comes to its end, in some order."""
        while self.unread or self.unreported:
            if self.unread and (not self.unreported or order.random() < 0.5):
                self.execute(order.randrange(10))
            else:
                self.report(order.randrange(10))
        assert not self.calls

    @rule(seconds=st.floats(0, 2))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.step(Tick())

    @invariant()
    def each_operation_is_stored_once(self) -> None:
        seen = [(event.author, event.draft.op_id) for room in ROOMS for event in self.store.log(room)]
        assert len(seen) == len(dict.fromkeys(seen))

    @invariant()
    def positions_are_dense(self) -> None:
        for room in ROOMS:
            log = self.store.log(room)
            assert [event.seq for event in log] == list(range(1, len(log) + 1))

    @invariant()
    def queues_are_bounded(self) -> None:
        # One hello, the events, one beat.
        assert all(count <= LIMITS.subscriber_queue + 1 for count in self.queued.values())

    def teardown(self) -> None:
        self.settle(random.Random(0))
        metrics = self.relay.metrics()
        assert metrics["pending_bytes"] == 0
        assert len(self.relay._pushes) == 0

    def call(self, device: str, call: Call) -> None:
        self.last_id += 1
        self.calls[self.last_id] = (device, call)
        self.step(CallReceived(self.last_id, device, call))

    def step(self, event: RelayEvent) -> None:
        for action in self.relay.step(self.now, self.rng, event):
            self.take(action)

    def take(self, action: RelayAction) -> None:
        match action:
            case LookUp() | ReadPage() | Commit():
                self.unread.append(action)
            case SendFrame():
                self.queued[action.stream_id] += 1
                if isinstance(action.frame, Live):
                    self.sees_committed(action.stream_id, action.frame)
            case Answered():
                device, call = self.calls.pop(action.request_id)
                self.check_answer(device, call, action)

    def sees_committed(self, stream_id: int, live: Live) -> None:
        assert self.store.log(live.room)[live.event.seq - 1] == live.event
        key = (stream_id, live.room)
        assert live.event.seq >= self.next_live.get(key, 1)
        self.next_live[key] = live.event.seq + 1

    def check_answer(self, device: str, call: Call, action: Answered) -> None:
        answer = action.answer
        match call, answer:
            case Push(), Pushed():
                assert [op_id for op_id, _ in answer.accepted] == [draft.op_id for draft in call.drafts]
                log = self.store.log(call.room)
                assert answer.head <= len(log)
                for draft, (op_id, seq) in zip(call.drafts, answer.accepted, strict=True):
                    stored = log[seq - 1]
                    assert (stored.author, stored.draft) == (device, draft)
                    assert self.places.setdefault((device, op_id), (call.room, seq)) == (call.room, seq)
            case Pull(), Page():
                log = self.store.log(call.room)
                assert answer.head <= len(log)
                assert answer.events == log[call.after : call.after + len(answer.events)]
                assert bool(answer.events) == (call.after < answer.head) or not answer.more
            case ((SetMarker() | GetMarker()), MarkerIs()):
                key = (device, call.room)
                assert answer.seq >= self.markers.get(key, 0)
                self.markers[key] = answer.seq
                if isinstance(call, SetMarker):
                    assert answer.seq >= call.seq
            case OpenRoom(), RoomInfo():
                assert answer.members == DEVICES
            case _, Refused():
                expected = {Push: (409, 503), SetMarker: (400, 503)}.get(type(call), ())
                assert answer.status in expected
                if isinstance(call, Push) and answer.status == 409:
                    assert any(draft.op_id.endswith(CONTESTED) for draft in call.drafts)
            case _:
                raise AssertionError(f"{answer} does not answer {call}")


RelayMachine.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestRelayMachine = RelayMachine.TestCase


def test_the_same_events_give_the_same_actions() -> None:
    def history() -> list[RelayAction]:
        store, rng = MemoryStore(), random.Random(7)
        relay = Relay(LIMITS, store.snapshot())
        choices = random.Random(11)
        events: deque[RelayEvent] = deque()
        seen: list[RelayAction] = []
        for number in range(300):
            device, room = choices.choice(DEVICES), choices.choice(ROOMS)
            drafts = (Draft(str(choices.randrange(40)), "append", "x"),)
            call: Call = choices.choice((OpenRoom(room, DEVICES), Push(room, drafts)))
            events.append(CallReceived(number, device, call))
            if number % 10 == 0:
                events.append(Subscribed(number, device))
            while events:
                for action in relay.step(number / 10, rng, events.popleft()):
                    seen.append(action)
                    if isinstance(action, LookUp | ReadPage | Commit):
                        events.append(store.execute(action))
        return seen

    assert history() == history()


def test_the_machine_sees_an_acknowledgement_that_came_too_early() -> None:
    machine = RelayMachine()
    machine.push("alice", "red", [Draft("1", "append", "x")])
    machine.execute(0)
    machine.report(0)
    (request_id,) = machine.calls
    try:
        machine.take(Answered(request_id, Pushed((("red-1", 1),), 1)))
    except (AssertionError, IndexError):
        return
    raise AssertionError("the machine took an acknowledgement of what is not stored")

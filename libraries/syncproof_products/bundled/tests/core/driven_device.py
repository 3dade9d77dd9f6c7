"""A device core driven by hand: every step's actions are kept, commits are applied when the test says so."""

from __future__ import annotations

import random
from typing import TypeVar

from syncproof_products.bundled.core.actions import Action, Commit, Exchange, Observe, OpenStream
from syncproof_products.bundled.core.device import Device
from syncproof_products.bundled.core.events import (
    Answered,
    Committed,
    ConnectWanted,
    DeviceEvent,
    FrameGot,
    RelayAddressChanged,
    Started,
    StreamUp,
    Submit,
    Tick,
)
from syncproof_products.bundled.core.records import GroupState, Op, Snapshot
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.simulation.device_store import DeviceStore
from syncproof_products.bundled.core.wire import Answer, Call, Draft, Event, Frame, Hello, Live

A = TypeVar("A", bound=Action)
C = TypeVar("C", bound=Call)
GROUP = "g"
SETTINGS = Settings(retry_jitter=0.0)


def op(number: int, **fields: object) -> Op:
    """An operation of this device."""
    op_id = f"op-{number}"
    made: dict[str, object] = {"group": GROUP, "kind": "append", "body": f'{{"op_id":"{op_id}"}}'}
    return Op(op_id, **(made | fields))  # type: ignore[arg-type]


def event(seq: int, author: str = "bob", **fields: object) -> Event:
    """An event of the group's log."""
    made: dict[str, object] = {"op_id": f"{author}-{seq}", "kind": "append", "body": f'{{"text":{seq}}}'}
    return Event(seq, author, Draft(**(made | fields)))  # type: ignore[arg-type]


def events(first: int, last: int) -> tuple[Event, ...]:
    """Events of the group's log, both ends included."""
    return tuple(event(seq) for seq in range(first, last + 1))


class DrivenDevice:
    """Alice, joined in one group unless told otherwise."""

    def __init__(self, settings: Settings = SETTINGS, snapshot: Snapshot | None = None) -> None:
        self.core = Device("alice", settings)
        self.rng = random.Random(1)
        self.now = 100.0
        self.store = DeviceStore()
        self.actions: list[Action] = []
        self.commits: list[Commit] = []
        if snapshot is None:
            snapshot = Snapshot(groups=(GroupState(GROUP, ("alice", "bob"), joined=True),))
        self.step(Started(snapshot))

    def step(self, happened: DeviceEvent, after: float = 0.0) -> list[Action]:
        """Let something happen, `after` seconds from now. Returns what the device does about it."""
        self.now += after
        actions = self.core.step(self.now, self.rng, happened)
        self.actions += actions
        self.commits += [action for action in actions if isinstance(action, Commit)]
        return actions

    def commit(self) -> list[Action]:
        """The storage makes everything durable that waits, and what follows from it."""
        done: list[Action] = []
        while self.commits:
            done += self.step(Committed(self.commits.pop(0).batch))
        return done

    def wait(self, seconds: float, tick_s: float = 1.0) -> list[Action]:
        """Time passes; the device looks at the clock now and then."""
        done: list[Action] = []
        while seconds > 0:
            done += self.step(Tick(), min(tick_s, seconds))
            seconds -= tick_s
        return done

    def go_live(self, head: int = 0) -> None:
        """Connect, and greet with the group's head."""
        self.step(RelayAddressChanged("relay:1"))
        self.step(ConnectWanted())
        self.commit()
        self.open_stream(head)

    def open_stream(self, head: int = 0) -> None:
        """Let the stream that the device asked for stand, and greet."""
        stream = last(self.actions, OpenStream).stream
        self.step(StreamUp(stream))
        self.frame(Hello({GROUP: head}))

    def frame(self, frame: Frame) -> list[Action]:
        """A frame comes on the stream."""
        return self.step(FrameGot(last(self.actions, OpenStream).stream, frame))

    def live(self, *arrived: Event) -> list[Action]:
        """Live events come."""
        return [action for one in arrived for action in self.frame(Live(GROUP, one))]

    def submit(self, *ops: Op) -> list[Action]:
        """The application hands operations in; tickets are 1, 2 ..."""
        return [a for ticket, one in enumerate(ops, 1) for a in self.step(Submit(ticket, one))]

    def exchange(self, call: type[C]) -> tuple[int, C]:
        """The last exchange of this kind that the device began."""
        for action in reversed(self.actions):
            if isinstance(action, Exchange) and isinstance(action.call, call):
                return action.exchange, action.call
        raise AssertionError(f"no {call.__name__} was asked for")

    def answer(self, call: type[C], answer: Answer) -> list[Action]:
        """The relay answers the last exchange of this kind."""
        return self.step(Answered(self.exchange(call)[0], answer))

    @property
    def state(self) -> str:
        """The connection's state now."""
        return self.core.connection

    def seen(self, kind: str) -> list[dict[str, object]]:
        """Everything of one kind that the device let see."""
        return observed(self.actions, kind)


def of(actions: list[Action], kind: type[A]) -> list[A]:
    """The actions of one kind."""
    return [action for action in actions if isinstance(action, kind)]


def calls(actions: list[Action], kind: type[C]) -> list[C]:
    """The calls of one kind that were begun."""
    return [a.call for a in actions if isinstance(a, Exchange) and isinstance(a.call, kind)]


def last(actions: list[Action], kind: type[A]) -> A:
    """The last action of one kind."""
    return of(actions, kind)[-1]


def observed(actions: list[Action], kind: str) -> list[dict[str, object]]:
    """What was let see of one kind."""
    return [dict(action.fields) for action in actions if isinstance(action, Observe) and action.type == kind]

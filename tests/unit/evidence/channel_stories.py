"""What clients of a broadcast leave: subscriptions, events and states, written by hand."""

from __future__ import annotations

from collections.abc import Callable

from tests.unit.evidence.histories import Story

from syncproof.evidence.records import Deliver, Fault, Invoke, Result
from syncproof.workloads.channels.records import (
    ChannelCount,
    ChannelRefetch,
    ChannelState,
    ChannelSubscription,
)

Act = Callable[[Story], None]
ORDERS = "g/orders"


def subscribed(state: str = "confirmed", device: str = "Bob", channel: str = ORDERS) -> Act:
    """A subscription changed."""
    return lambda story: _add(story, ChannelSubscription, device, channel=channel, state=state)


def published(op_id: str, *, ack: bool = True, channel: str = ORDERS, after_ms: float = 0) -> Act:
    """Alice published an event. ack: she was told that it went out, so much later."""

    def act(story: Story) -> None:
        story.add(
            Invoke, device="Alice", op_id=op_id, group=channel, kind="append", author="Alice",
            author_n=int(op_id[1:]), digest=f"d-{op_id}", size=10,
        )  # fmt: skip
        story.wait(after_ms)
        if ack:
            acknowledged(op_id)(story)

    return act


def acknowledged(op_id: str) -> Act:
    """Alice was told that an event went out."""
    return lambda story: _add(story, Result, "Alice", op_id=op_id, outcome="ok")


def told(*op_ids: str, device: str = "Bob", channel: str = ORDERS) -> Act:
    """A client was told of events."""

    def act(story: Story) -> None:
        for op_id in op_ids:
            n = 1 + sum(isinstance(line, Deliver) and line.device == device for line in story.lines)
            story.add(
                Deliver, device=device, source=device, incarnation=1, n=n, op_id=op_id, group=channel, kind="append",
                author="Alice", version=op_id, digest=f"d-{op_id}", size=10, path="live",
            )  # fmt: skip

    return act


def refetched(device: str = "Bob", channel: str = ORDERS) -> Act:
    """A client was told to refetch a channel."""
    return lambda story: _add(story, ChannelRefetch, device, channels=(channel,))


def counted(subscribers: int, device: str = "Bob", channel: str = ORDERS) -> Act:
    """The server of a client was asked."""
    return lambda story: _add(story, ChannelCount, device, channel=channel, subscribers=subscribers)


def reported(*states: str, device: str = "Bob") -> Act:
    """A client reported states of its connection."""

    def act(story: Story) -> None:
        for state in states:
            _add(story, ChannelState, device, state=state)

    return act


def cut(story: Story) -> None:
    """A fault began and ended."""
    for edge in ("start", "end"):
        story.add(
            Fault, fault_id="f", kind="cut", edge=edge, target=("Bob",), relevant_to=("Bob",), effective=True
        )


def _add(story: Story, kind: type, device: str, **fields: object) -> None:
    story.add(kind, device=device, source=device, **fields)

"""What clients of a broadcast leave: subscriptions, events and states, written by hand."""

from __future__ import annotations

from collections.abc import Callable

from tests.unit.evidence.histories import MS, Story

from syncproof.evidence.records import Deliver, Fault, Invoke, Note, Result
from syncproof.workloads.channels.records import (
    NO_COUNT,
    ChannelCount,
    ChannelPublish,
    ChannelRefetch,
    ChannelState,
    ChannelSubscription,
)

Act = Callable[[Story], object]
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


def requested(op_id: str, *, device: str = "Alice", status: int = 200, before_ms: int = 0) -> Act:
    """A client was answered when it published an event. before_ms: so long ago the request had begun."""
    return lambda story: _add(
        story, ChannelPublish, device, op_id=op_id, status=status, began_ns=story.now + MS - before_ms * MS
    )


def elsewhere(device: str) -> Act:
    """A client connects to another deployment."""
    return lambda story: story.note(device, "connects_to", node="other")


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


def uncounted(why: str, device: str = "Bob", channel: str = ORDERS) -> Act:
    """The server of a client was asked, and did not answer."""
    fields = {"channel": channel, "why": why}
    return lambda story: story.add(Note, device=device, what=NO_COUNT, fields=fields)


def reported(*states: str, device: str = "Bob") -> Act:
    """A client reported states of its connection."""

    def act(story: Story) -> None:
        for state in states:
            _add(story, ChannelState, device, state=state)

    return act


def cut(story: Story) -> None:
    """A fault began and ended."""
    begins(story)
    ends(story)


def begins(
    story: Story, *, effective: bool = True, name: str = "f", until_proved: tuple[Act, ...] = ()
) -> None:
    """A fault begins, and is proved; until_proved: what happens between."""
    for edge, acts in (("start", until_proved), ("proved", ())):
        story.add(Fault, fault_id=name, kind="cut", edge=edge, target=("Bob",), relevant_to=("Bob",),
                  effective=effective and edge == "proved")  # fmt: skip
        for act in acts:
            act(story)


def ends(story: Story, *meanwhile: Act) -> None:
    """It is lifted, and is proved to have ended a moment later."""
    story.wait(1)
    lifted = story.now
    story.wait(50)
    for act in meanwhile:
        act(story)
    story.add(
        Fault, fault_id="f", kind="cut", edge="end", target=("Bob",), relevant_to=("Bob",), lifted_ns=lifted
    )


def _add(story: Story, kind: type, device: str, **fields: object) -> None:
    story.add(kind, device=device, source=device, **fields)

"""What a client of a broadcast says of its connection and its subscriptions, and what its server counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Self

from syncproof.evidence.records import NEVER, Event, Interval, Record

#: A note of the harness: a server did not say how many subscribers of a channel it counts, and why.
NO_COUNT = "no_count"


class ChannelState(Event, frozen=True, kw_only=True, tag="channel_state"):
    """A client's connection changed: connecting, connected, reconnecting, disconnected."""

    state: str
    reason: str = ""


class ChannelSubscription(Event, frozen=True, kw_only=True, tag="channel_subscription"):
    """A subscription of a client changed.

    state: asked; confirmed by the server; lost with the connection, so that it has to be restored; leaving, as the
    client has asked; left, which the server has confirmed, or which needs no server.
    """

    channel: str
    state: str

    @classmethod
    def outstanding(cls, lines: Sequence[Self]) -> Iterator[Interval]:
        """Each subscription from when it was asked for, or lost, until it is confirmed."""
        begun: dict[str, int] = {}
        for line in lines:
            if line.state in ("asked", "lost"):
                begun.setdefault(line.channel, line.t_ns)
            elif line.channel in begun:
                yield begun.pop(line.channel), line.t_ns
        yield from ((since, NEVER) for since in begun.values())


class ChannelPublish(Event, frozen=True, kw_only=True, tag="channel_publish"):
    """One request of a client to publish an event. status: of the reply, 0 for none. began_ns: CLOCK_MONOTONIC."""

    op_id: str
    status: int
    began_ns: int
    reason: str = ""


class ChannelRefetch(Event, frozen=True, kw_only=True, tag="channel_refetch"):
    """A client told its application that something may have happened on these channels which it does not know."""

    channels: tuple[str, ...]


class ChannelCount(Record, frozen=True, kw_only=True, tag="channel_count"):
    """How many subscribers of a channel the server instance of a client counts, when the harness asked."""

    channel: str
    subscribers: int

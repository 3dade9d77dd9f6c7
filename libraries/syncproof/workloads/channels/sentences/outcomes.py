"""Sentences about what clients of a broadcast must have been told, and what their servers count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration, Percent
from syncproof.kernel.sentence import emit
from syncproof.kernel.text import Text
from syncproof.workloads.channels.records import ChannelRefetch, ChannelState
from syncproof.workloads.channels.state import Channels

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class IsToldOfEvents(Outcome):
    """A client must be told of so many events of a channel by the deadline.

    ``count``: a `Number`, at least 1. ``channel``: a `Text`. ``duration``: a `Duration`; for when it begins see
    `Deadlines`. That each has the event and payload that were published, and comes once, every test is judged for.

    Waits until so many have come. Fails when the deadline passes (``expected Bob to be told of 20 events of channel
    "orders"``), and for one too many that has come by then; one that comes later is seen by `${device} should have been
    told of ${count} events of channel "${channel}"`. Fails at once for 0 events, which nobody need wait for.

    Example:
    | When Alice publishes 20 events on channel "orders"
    | Then Bob should be told of 20 events of channel "orders" within 5 seconds

    Source: plan B-02.
    """

    template = '${device} should be told of ${count} events of channel "${channel}" within ${duration}'
    check = "events_told"
    device: Device
    count: int
    channel: Text
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return {"channel": world.of(Channels).known(str(self.channel)), "number": self.count}

    @property
    def contradiction(self) -> str:
        if self.count:
            return ""
        return f"'{emit(self)}' holds before anything has happened: write '{emit(self._in_all)}'."

    @property
    def _in_all(self) -> WasToldOfEvents:
        return WasToldOfEvents(device=self.device, count=self.count, channel=self.channel)

    def ready(self, world: World) -> bool:
        return len(world.of(Channels).told(self.device.name, str(self.channel))) >= self.count


class WasToldOfEvents(Outcome):
    """A client must have been told of so many events of a channel in the end, 0 as well.

    ``count``: a `Number`. ``channel``: a `Text`.

    Waits until everything is at rest, see `Rest`. Fails for more and for fewer.

    Example:
    | When Bob unsubscribes from channel "orders"
    | And Alice publishes 3 events on channel "orders"
    | Then Bob should have been told of 0 events of channel "orders"

    Source: plan B-04.
    """

    template = '${device} should have been told of ${count} events of channel "${channel}"'
    check = "events_in_all"
    device: Device
    count: int
    channel: Text

    def limits(self, world: World) -> dict[str, Any]:
        return {"channel": world.of(Channels).known(str(self.channel)), "number": self.count}


class IsToldSoon(Outcome):
    """A client must be told of so large a share of the events of the others so soon after their publishing.

    ``share``: a `Percent`: a server that polls or collects is late with most events, a busy machine with single ones.
    ``latency``: a `Duration`, which neither TIME_SCALE nor SLACK changes: a server does its work in real time. It runs
    from the publisher's first request for an event until that is in the client's delivery log.

    Waits until everything is at rest, see `Rest`. Fails when fewer came in time; as unknown for fewer than 10 events.

    Example:
    | When Alice publishes 40 events on channel "orders"
    | Then 50% of the events should reach Bob within 200 ms
    | And 90% of the events should reach Bob within 1 second

    Source: plan B-07.
    """

    template = "${share} of the events should reach ${device} within ${latency}"
    check = "event_latency"
    share: Percent
    device: Device
    latency: Duration

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"most_ms": round(self.latency.seconds * 1000), "share": self.share.fraction}


class CountsSubscribers(Outcome):
    """The server instance of a client must count so many subscribers of a channel, its own clients, by the deadline.

    ``count``: a `Number`. ``channel``: a `Text`. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits, and asks the server meanwhile. Fails when the deadline passes.

    Example:
    | Given Alice and Bob are connected to the broadcast
    | And Bob subscribes to channel "orders"
    | Then Bob's server should count 1 subscriber of channel "orders" within 5 seconds

    Source: plan B-01.
    """

    template = (
        '${device}\'s server should count ${count} subscribers of channel "${channel}" within ${duration}'
    )
    check = "subscriber_count"
    device: Device
    count: int
    channel: Text
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return {"channel": world.of(Channels).known(str(self.channel)), "number": self.count}

    def ready(self, world: World) -> bool:
        return world.of(Channels).ask_count(self.device.name, str(self.channel)) == self.count


class ReportsState(Outcome):
    """A client must report a state of its connection by the deadline; the state that it is in already counts at once.

    ``state``: a `Text`: ``connecting``, ``connected``, ``reconnecting`` or ``disconnected``. ``duration``: a
    `Duration`; for when it begins see `Deadlines`.

    Waits. Fails when the deadline passes (``expected Bob to report reconnecting``). A state from before counts only
    while nothing else is reported. Where a fault has just begun, let the client report first what that brings.

    Example:
    | When Bob's network is cut
    | Then Bob should report "reconnecting" within 5 seconds

    Source: plan B-06.
    """

    template = '${device} should report "${state}" within ${duration}'
    check = "state_reported"
    device: Device
    state: Text
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"state": str(self.state)}

    def ready(self, world: World) -> bool:
        lines = world.history.of(ChannelState, self.device.name)
        since = [line.state for line in lines if line.t_ns >= world.asked_ns]
        return str(self.state) in (since or [line.state for line in lines[-1:]])


class HasReported(Outcome):
    """A client must have reported these states of its connection since it started, in this order, and no others.

    ``states``: a `Text` with commas. Where a state comes twice in a row it counts once.

    Waits until everything is at rest, see `Rest`. Fails for any other order.

    Example:
    | When Bob goes offline
    | Then Bob should have reported "connecting, connected, disconnected" in that order

    Source: plan B-06.
    """

    template = '${device} should have reported "${states}" in that order'
    check = "states_in_order"
    device: Device
    states: Text

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"states": str(self.states)}


class IsToldToRefetch(Outcome):
    """A client must be told, since the last fault began, that it may have missed something on a channel.

    ``channel``: a `Text`. ``duration``: a `Duration`; for when it begins see `Deadlines`. That whoever has missed an
    event is told so, every test is judged for, see the check ``nothing_missed``; this one is for what may have been
    missed.

    Waits. Fails when the deadline passes (``expected Bob to be told to refetch channel "orders"``).

    Example:
    | When Bob's network is cut
    | And Bob's network is restored after 60 seconds
    | Then Bob should be told to refetch channel "orders" within 10 seconds

    Source: plan B-14.
    """

    template = '${device} should be told to refetch channel "${channel}" within ${duration}'
    check = "refetch_told"
    device: Device
    channel: Text
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return {"channel": world.of(Channels).known(str(self.channel))}

    def ready(self, world: World) -> bool:
        channel = world.of(Channels).known(str(self.channel))
        began = max((edges[0].t_ns for edges in world.history.faults.values()), default=0)
        lines = world.history.of(ChannelRefetch, self.device.name)
        return any(channel in line.channels and line.t_ns >= began for line in lines)


class RefusedMeanwhile(Outcome):
    """A client must not have been told that an event went out, of those that it published while the last fault lasted.

    It is told so afterwards, when it publishes again what was refused. Judged are requests that began after the fault
    was seen to be on, and were answered before it was taken away.

    Waits until everything is at rest, see `Rest`. Fails for one that was answered 200; as unknown where there was none.

    Example:
    | When Alice publishes 12 events on channel "orders"
    | And the relay is killed after Bob has been told of 4 events
    | And the relay is restarted after 5 seconds
    | Then Alice should have had nothing acknowledged while the fault lasted

    Source: plan B-14.
    """

    template = "${device} should have had nothing acknowledged while the fault lasted"
    check = "refused_meanwhile"
    device: Device

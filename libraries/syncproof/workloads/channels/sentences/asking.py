"""Sentences about clients of a broadcast: they connect, subscribe, publish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device, Devices, ServerName
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.text import Text
from syncproof.workloads.channels.state import Channels

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class ConnectToBroadcast(Sentence):
    """Start clients of a broadcast server, and wait until all are connected.

    ``devices``: two or more of the cast, see `Devices`. Each is a process of its own, with data and a network of its
    own; of several server instances each client gets the next one, so that the first two are on different ones. This is
    the first sentence of every scenario about channels and comes once.

    Waits at most 60 seconds; fails with ``expected Alice and Bob to be syncing``. Fails at once when the scenario has
    introduced its devices before.

    Example:
    | Given Alice and Bob are connected to the broadcast
    | And Alice and Bob subscribe to channel "orders"

    Source: plan B-01.
    """

    page = "Devices"
    template = "${devices} are connected to the broadcast"
    devices_are = "introduced"
    devices: Devices

    def run(self, world: World) -> None:
        world.topology.meet([device.name for device in self.devices])


class Subscribes(Sentence):
    """Let a client subscribe to a channel, and wait until its server has confirmed it.

    ``channel``: a `Text`; a channel is there as soon as somebody subscribes to it.

    Waits at most 60 seconds; fails with ``expected Bob to be subscribed to channel "orders"``.

    Example:
    | Given Alice and Bob are connected to the broadcast
    | And Bob subscribes to channel "orders"
    | When Alice publishes 3 events on channel "orders"

    Source: plan B-01.
    """

    page = "Devices"
    template = '${device} subscribes to channel "${channel}"'
    device: Device
    channel: Text

    def run(self, world: World) -> None:
        world.of(Channels).subscribe([self.device.name], str(self.channel))


class Subscribe(Sentence):
    """Let clients subscribe to a channel, and wait until their servers have confirmed it.

    ``devices``: see `Devices`. ``channel``: a `Text`. Otherwise like `${device} subscribes to channel "${channel}"`.

    Example:
    | Given Alice and Bob are connected to the broadcast
    | And Alice and Bob subscribe to channel "orders"

    Source: plan B-03.
    """

    page = "Devices"
    template = '${devices} subscribe to channel "${channel}"'
    devices: Devices
    channel: Text

    def run(self, world: World) -> None:
        world.of(Channels).subscribe(self.actors, str(self.channel))


class Unsubscribes(Sentence):
    """Let a client unsubscribe from a channel, and wait until its server has confirmed it.

    ``channel``: a `Text`, one that it has subscribed to. From then on it must be told of nothing more there: every test
    is judged for that.

    Waits at most 60 seconds; fails with ``expected Bob to be subscribed to channel "orders" no more``.

    Example:
    | When Bob unsubscribes from channel "orders"
    | And Alice publishes 3 events on channel "orders"
    | Then Bob should have been told of 0 events of channel "orders"

    Source: plan B-04.
    """

    page = "Devices"
    template = '${device} unsubscribes from channel "${channel}"'
    device: Device
    channel: Text

    def run(self, world: World) -> None:
        world.of(Channels).unsubscribe(self.device.name, str(self.channel))


class PublishesEvents(Sentence):
    """Let a client publish events on a channel at its own server instance.

    ``count``: a `Number`. ``channel``: a `Text`. Each event is called ``updated``, and has a payload of its own.

    Enqueues; the client publishes one after the other, each until its server has said that it went out. A client need
    not be subscribed to publish.

    Example:
    | When Alice publishes 20 events on channel "orders"
    | Then Bob should be told of 20 events of channel "orders" within 5 seconds

    Source: plan B-02.
    """

    page = "Devices"
    template = '${device} publishes ${count} events on channel "${channel}"'
    roles = ("sends",)
    device: Device
    count: int
    channel: Text

    def run(self, world: World) -> None:
        world.of(Channels).publish(self.device.name, str(self.channel), self.count, "updated")


class PublishesEventsOver(Sentence):
    """Let a client publish events on a channel, spread evenly over a time.

    ``count``: a `Number`. ``channel``: a `Text`. ``period``: a `Duration` that starts now; TIME_SCALE applies.

    Enqueues, like `${device} publishes ${count} events on channel "${channel}"`.

    Example:
    | When Alice publishes 40 events on channel "orders" over 20 seconds
    | And Bob's connection flaps every 5 seconds

    Source: plan B-12.
    """

    page = "Devices"
    template = '${device} publishes ${count} events on channel "${channel}" over ${period}'
    roles = ("sends",)
    device: Device
    count: int
    channel: Text
    period: Duration

    def run(self, world: World) -> None:
        over_ns = world.scaled_ns(self.period)
        world.of(Channels).publish(self.device.name, str(self.channel), self.count, "updated", over_ns)


class PublishesEvent(Sentence):
    """Let a client publish one event with a name on a channel at its own server instance.

    ``event``, ``channel``: a `Text` each.

    Enqueues, like `${device} publishes ${count} events on channel "${channel}"`.

    Example:
    | When Alice publishes event "created" on channel "orders"
    | Then Bob should be told of 1 event of channel "orders" within 5 seconds

    Source: plan B-02.
    """

    page = "Devices"
    template = '${device} publishes event "${event}" on channel "${channel}"'
    roles = ("sends",)
    device: Device
    event: Text
    channel: Text

    def run(self, world: World) -> None:
        world.of(Channels).publish(self.device.name, str(self.channel), 1, str(self.event))


class ConnectsElsewhere(Sentence):
    """Let a client connect to another deployment of the product from now on, which shares with the first what joins it.

    ``server``: which node that is, see `ServerName`; every client has a link to it as well.

    Waits at most 60 seconds until it is connected there; fails with ``expected Carol to be connected``. What is
    published in one deployment must not be told in the other, also where channels are called the same: every test is
    judged for it.

    Example:
    | Given Alice, Bob and Carol are connected to the broadcast
    | And Carol connects to the other deployment instead
    | And Bob subscribes to channel "orders"
    | When Carol publishes 3 events on channel "orders"

    Source: plan B-05.
    """

    page = "Devices"
    template = "${device} connects to the ${server} instead"
    device: Device
    server: ServerName

    def run(self, world: World) -> None:
        world.of(Channels).connect_elsewhere(self.device.name, self.server.name)

"""Sentences that make devices meet and send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.quantities import Duration, Size
from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class Sends(Sentence):
    """Enqueue messages of a device, to be sent one after the other, as fast as it takes them.

    ``count``: a `Number`. A device's messages are numbered from 1, over the whole scenario (``Alice #21``).

    Enqueues: the first one goes when a later sentence waits for something. So a fault can come exactly behind
    the 20th. A device that is offline takes messages as well and sends them when it is back. One that is
    asleep, suspended or dead cannot take any: the sentence that waits at that time fails.

    Example:
    | When Alice sends 50 messages
    | Then Bob should receive all 50 messages within 30 seconds

    Source: plan L-0.1, L-1.1.
    """

    page = "Devices"
    template = "${device} sends ${count} messages"
    roles = ("sends",)
    device: Device
    count: int

    def run(self, world: World) -> None:
        world.operations.enqueue_messages(self.device.name, self.count)


class SendsOver(Sentence):
    """Enqueue messages of a device, evenly spread over a time that begins with this sentence.

    ``count``: a `Number`. ``duration``: a `Duration`, the last message is due at its end; TIME_SCALE applies.

    Enqueues, like `${device} sends ${count} messages`. Deadlines of later sentences begin when the last
    message was sent. A connection can flap only while messages are sent over a time.

    Example:
    | When Alice sends 100 messages over 60 seconds
    | And Bob's connection flaps every 5 seconds
    | Then Bob should receive all 100 messages within 30 seconds

    Source: plan L-1.2.
    """

    page = "Devices"
    template = "${device} sends ${count} messages over ${duration}"
    roles = ("sends",)
    device: Device
    count: int
    duration: Duration

    def run(self, world: World) -> None:
        world.operations.enqueue_messages(
            self.device.name, self.count, over_ns=world.scaled_ns(self.duration)
        )


class SendEach(Sentence):
    """Enqueue as many messages of each of several devices, as if each had a sentence of its own.

    ``devices``: see `Devices`. ``count``: a `Number` of messages per device.

    Enqueues, like `${device} sends ${count} messages`; the devices send beside each other.

    Example:
    | When Alice and Bob send 20 messages each
    | Then Alice and Bob should each have all 40 messages within 30 seconds

    Source: plan L-1.3.
    """

    page = "Devices"
    template = "${devices} send ${count} messages each"
    roles = ("sends",)
    devices: Devices
    count: int

    def run(self, world: World) -> None:
        for device in self.devices:
            world.operations.enqueue_messages(device.name, self.count)


class SendEachOver(Sentence):
    """Enqueue as many messages of each of several devices, evenly spread over a time.

    ``devices``: see `Devices`. ``count``: a `Number` of messages per device. ``duration``: a `Duration`, the
    last messages are due at its end; TIME_SCALE applies.

    Enqueues, like `${device} sends ${count} messages over ${duration}`.

    Example:
    | When Alice, Bob and Carol send 20 messages each over 40 seconds
    | And Carol's connection flaps every 5 seconds

    Source: plan L-3.3.
    """

    page = "Devices"
    template = "${devices} send ${count} messages each over ${duration}"
    roles = ("sends",)
    devices: Devices
    count: int
    duration: Duration

    def run(self, world: World) -> None:
        for device in self.devices:
            world.operations.enqueue_messages(device.name, self.count, over_ns=world.scaled_ns(self.duration))


class SendsSized(Sentence):
    """Enqueue messages of a device, each filled up to a size with random text.

    ``count``: a `Number`. ``size``: a `Size`, the bytes of one message as the system gets it, up to 1 MB on
    the bundled system. A message is never smaller than what it says itself, some 150 B. TIME_SCALE does not
    apply.

    Enqueues, like `${device} sends ${count} messages`. Nothing can compress the text away.

    Example:
    | When Bob's bandwidth is limited to 10 KB/s
    | And Alice sends 100 messages of 2 KB
    | Then Bob should receive all 100 messages within 60 seconds

    Source: plan L-2.3.
    """

    page = "Devices"
    template = "${device} sends ${count} messages of ${size}"
    roles = ("sends",)
    device: Device
    count: int
    size: Size

    @property
    def asks(self) -> tuple[str, ...]:
        """That messages may be so long."""
        return (*self.needs, f"message_bytes:{self.size.bytes}")

    def run(self, world: World) -> None:
        world.operations.enqueue_messages(self.device.name, self.count, size=self.size.bytes)


class SendsRange(Sentence):
    """Enqueue messages of a device by their numbers.

    ``first``, ``last``: each a `Number`. The first must be the next one that the device would send: the
    numbers are there for the reader.

    Enqueues, like `${device} sends ${count} messages`. Fails at once for any other first number (``Alice
    cannot send messages 52 to 100: the next one is number 51``), and for a last one before the first.

    Example:
    | Given Alice and Bob are syncing
    | And Bob's last sync marker is at message 50
    | When Alice sends messages 51 to 100

    Source: plan L-2.1, L-2.3.
    """

    page = "Devices"
    template = "${device} sends messages ${first} to ${last}"
    roles = ("sends",)
    device: Device
    first: int
    last: int

    def run(self, world: World) -> None:
        world.operations.enqueue_range(self.device.name, self.first, self.last)


class SendsBacklog(Sentence):
    """Send what the system under test calls a large backlog, and wait until the device has taken it.

    The amount belongs to the system, and goes on record: on the bundled one 1,200 messages of 24 KB, 28.8 MB
    in all.

    Waits at most 60 seconds, until everything that is due was handed to the devices; not until somebody
    received it. So let the others go offline before. Fails with ``expected the messages before this to be
    handed over``.

    Example:
    | And Bob goes offline
    | And Alice builds up a large backlog
    | When Bob comes online
    | Then Bob should receive everything within 60 seconds

    Source: plan L-2.2.
    """

    page = "Devices"
    template = "${device} builds up a large backlog"
    roles = ("sends",)
    device: Device

    def run(self, world: World) -> None:
        profile = world.profile
        world.note("amount", name="a large backlog", messages=profile.backlog_messages)
        world.operations.enqueue_messages(
            self.device.name, profile.backlog_messages, size=profile.backlog_message_bytes
        )
        world.operations.flush()

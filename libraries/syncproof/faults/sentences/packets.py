"""Sentences about packets: lost, heard in one direction only, held up by a thin or long line.

They need a network that the kernel's own tools can be used on: a test that says one has the tag `kernel`, and is
skipped with the reason where there is none.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from syncproof.faults.packets.errors import PacketsUnavailable
from syncproof.faults.packets.faults import OneWay, PacketDelay, PacketFault, PacketLoss, PacketRate
from syncproof.faults.packets.namespace import PacketPath
from syncproof.faults.packets.rules import BurstLoss, Loss, RandomLoss
from syncproof.kernel.cast import Device, Pronoun
from syncproof.kernel.interrupt import Means
from syncproof.kernel.quantities import Duration, Percent, Rate
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class LosesPackets(Sentence):
    """Let a share of a device's packets vanish, to it and from it, each by chance.

    ``percent``: a `Percent` above 0%. TIME_SCALE does not apply. TCP sends again what vanished, 200 ms later and
    more; nothing is lost above it, and every answer may be late.

    Needs the tag ``kernel``. Hands over the messages that are due, then begins. Ends with `${device}'s packets
    pass again after ${duration}`, or with the test. Inconclusive when the kernel dropped no packet, or when nothing
    was outstanding at the device.

    Example:
    | When Bob's network loses 10% of its packets
    | And Alice sends 50 messages
    | Then Bob should receive all 50 messages within 60 seconds

    Source: plan Z-8.4 (T-LOSS-02).
    """

    page = "Network"
    template = "${device}'s network loses ${percent} of its packets"
    device: Device
    percent: Percent

    def run(self, world: World) -> None:
        _lose(world, self.device, RandomLoss(_some(self.percent)))


class LosesPacketsInBursts(Sentence):
    """Let a share of a device's packets vanish, to it and from it, so many in a row each time.

    ``percent``: a `Percent` above 0% of all packets. ``count``: a `Number` from 1, the packets of one burst; in
    each direction a burst begins at the same distance from the last. TIME_SCALE does not apply.

    Like `${device}'s network loses ${percent} of its packets`, but all copies that TCP sends in quick succession
    may be lost together.

    Example:
    | When Bob's network loses 10% of its packets in bursts of 5
    | And Alice sends 50 messages
    | Then Bob should receive all 50 messages within 60 seconds

    Source: plan Z-8.4 (T-LOSS-03).
    """

    page = "Network"
    template = "${device}'s network loses ${percent} of its packets in bursts of ${count}"
    device: Device
    percent: Percent
    count: int

    def run(self, world: World) -> None:
        if self.count < 1:
            raise InvalidScenario(f"There is no burst of {self.count} packets: say 1 or more.")
        _lose(world, self.device, BurstLoss(_some(self.percent), self.count))


class LosesWhatItSends(Sentence):
    """Let a share of the packets that a device sends vanish, each by chance; all that is sent to it arrives.

    ``percent``: a `Percent` above 0%. ``pronoun``: see `Pronoun`. TIME_SCALE does not apply.

    Like `${device}'s network loses ${percent} of its packets`, in one direction only: what the device pushes is late,
    and so are its acknowledgements of what it receives.

    Example:
    | When Bob's network loses 20% of what he sends
    | And Alice and Bob send 20 messages each
    | Then Alice and Bob should each have all 40 messages within 60 seconds

    Source: plan Z-8.4 (T-LOSS-04).
    """

    page = "Network"
    template = "${device}'s network loses ${percent} of what ${pronoun} sends"
    device: Device
    percent: Percent
    pronoun: Pronoun

    def run(self, world: World) -> None:
        _lose(world, self.device, RandomLoss(_some(self.percent)), "upstream")


class HearsNothing(Means):
    """Let every packet to a device vanish, while everything that it sends still arrives.

    One half of a one-way partition. Connections stand; that the device goes on sending proves nothing any more.

    Needs the tag ``kernel``. Hands over the messages that are due, then begins. Ends with `${device}'s packets
    pass again after ${duration}`, or with the test. Inconclusive when the kernel dropped no packet, or when nothing
    was outstanding at the device.

    Example:
    | When packets to Bob are dropped
    | And Alice sends 20 messages
    | And Bob's packets pass again after 25 seconds

    Source: plan Z-8.4 (T-CONN-05).
    """

    page = "Network"
    template = "packets to ${device} are dropped"
    formerly = ("${device} can no longer hear the relay",)
    device: Device

    def begin(self, world: World) -> None:
        world.faults.begin(OneWay(packet_paths(world, self.device), "downstream", world.scheduler.now))


class IsNotHeard(Means):
    """Let every packet of a device vanish, while everything that is sent to it still arrives.

    The other half of a one-way partition: what the device hears proves nothing about what it says.

    Needs the tag ``kernel``. Begins, ends and bites like `packets to ${device} are dropped`, also at a moment.

    Example:
    | When packets from Alice are dropped
    | And Alice sends 20 messages
    | And Alice's packets pass again after 25 seconds

    Source: plan Z-8.4 (T-CONN-05).
    """

    page = "Network"
    template = "packets from ${device} are dropped"
    device: Device

    def begin(self, world: World) -> None:
        world.faults.begin(OneWay(packet_paths(world, self.device), "upstream", world.scheduler.now))


class PacketsPassAgain(Sentence):
    """Let all packets of a device pass again, so long after they began to vanish.

    ``duration``: a `Duration` from the beginning of the fault; TIME_SCALE applies. Of several such faults on the
    device the latest one ends.

    Enqueues; deadlines of later sentences begin when the rules are gone. TCP itself may take as long again as the
    fault lasted to try once more, unless the device opens a new connection. Fails at once where no packets vanish
    (``There is no one-way partition or loss of packets of Bob that could end here``).

    Example:
    | When packets to Bob are dropped
    | And Alice sends 20 messages
    | And Bob's packets pass again after 25 seconds

    Source: plan Z-8.4 (T-CONN-05).
    """

    page = "Network"
    template = "${device}'s packets pass again after ${duration}"
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        world.end_fault_after([OneWay, PacketLoss], [self.device.name], self.duration)


class PacketsAreLimited(Sentence):
    """Put a device behind a thin line: so many bytes a second each way, all its connections together.

    ``rate``: a `Rate` from 1 KB/s, headers of packets included. TIME_SCALE does not apply. What does not fit waits
    in a queue of about a second, and what does not fit into that is dropped, as a modem does it.

    Needs the tag ``kernel``. Hands over the messages that are due, then begins. Ends with `${device}'s bandwidth is
    back after ${duration}`, or with the test. Inconclusive when no packet had to wait, or when nothing was
    outstanding at the device.

    Example:
    | When Bob's packet rate is limited to 20 KB/s
    | And Alice sends 10 messages with attachments of 20 KB
    | Then Bob should have all attachments within 90 seconds

    Source: plan Z-8.4 (T-BW-01).
    """

    page = "Network"
    template = "${device}'s packet rate is limited to ${rate}"
    formerly = ("${device}'s line carries only ${rate}",)
    device: Device
    rate: Rate

    def run(self, world: World) -> None:
        if self.rate.bytes_per_s < 1000:
            raise InvalidScenario(f"A line of {self.rate} carries no packet in a second: say 1 KB/s or more.")
        world.operations.flush()
        paths = packet_paths(world, self.device)
        world.faults.begin(PacketRate(paths, self.rate.bytes_per_s, "both", world.scheduler.now))


class PacketsAreDelayed(Sentence):
    """Put a device behind a long line: every packet arrives later, each way.

    ``duration``: a `Duration`; a round trip takes twice that, and a new connection as well. TIME_SCALE does not
    apply.

    Needs the tag ``kernel``. Hands over the messages that are due, then begins; lasts to the end of the test.
    Inconclusive when no packet was delayed, or when nothing was outstanding at the device.

    Example:
    | When Bob's packets take 300 ms each way
    | And Alice sends 50 messages
    | Then Bob should receive all 50 messages within 60 seconds

    Source: plan Z-8.4 (T-LAT-01).
    """

    page = "Network"
    template = "${device}'s packets take ${duration} each way"
    formerly = ("${device}'s line takes ${duration} each way",)
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        if not self.duration.seconds:
            raise InvalidScenario("A line that takes no time is no fault: say how long it takes.")
        world.operations.flush()
        paths = packet_paths(world, self.device)
        world.faults.begin(PacketDelay(paths, self.duration.seconds, "both", world.scheduler.now))


def _lose(world: World, device: Device, loss: Loss, direction: str = "both") -> None:
    world.operations.flush()
    world.faults.begin(PacketLoss(packet_paths(world, device), loss, direction, world.scheduler.now))


def _some(percent: Percent) -> float:
    if not percent.fraction:
        raise InvalidScenario("A loss of 0% of the packets is none: say how many are to vanish.")
    return percent.fraction


def packet_paths(world: World, *devices: Device) -> tuple[PacketPath, ...]:
    """The ways of devices, packet by packet. Raises InvalidScenario in a test that did not ask for them."""
    world.of(PacketPaths)
    try:
        return tuple(_path(world, device.name) for device in devices)
    except PacketsUnavailable as wrong:
        raise InvalidScenario(
            f"{wrong} A test that does something to packets has the tag 'kernel'."
        ) from None


def _path(world: World, name: str) -> PacketPath:
    path = world.test_bed.stack.packet_path(world.node(name).process)
    assert isinstance(path, PacketPath)
    return replace(path, owner=name)


class PacketPaths(State):
    """What is on the packets of a device goes where the device lives after it was started again."""

    def on_restart(self, name: str) -> None:
        """Begin each of these faults again there."""
        world = self._world
        for entry in world.faults.on:
            if isinstance(entry.fault, PacketFault) and name in entry.fault.target:
                entry.fault.follow(name, lambda: packet_paths(world, Device(name))[0])

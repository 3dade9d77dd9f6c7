"""Sentences about a network that falls into parts, between devices that are linked to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.network import Cut, Partition
from syncproof.faults.requests_only.program import RequestsOnly
from syncproof.faults.silent_link import OneWay
from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.shape import Side
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class Splits(Sentence):
    """Cut every link between some devices and some others, now; within each part everything goes on.

    ``side``, ``others``: who is in which part, each a `Side`. Links of devices in neither part stay: such a device
    still connects both.

    Hands over the messages that are due, then cuts at once. Ends with `the network heals after ${duration}`, or with
    the test. Inconclusive when a link did not refuse a connection of the harness's own, or when nothing was outstanding
    at any of these devices meanwhile. Fails at once where no link leads from one part to the other.

    Example:
    | When the network splits into Alice and Bob against Carol
    | And the network heals after 5 seconds

    Source: plan P-4.1.1.
    """

    page = "Network"
    template = "the network splits into ${side} against ${others}"
    needs = ("p2p",)
    side: Side
    others: Side

    def run(self, world: World) -> None:
        world.operations.flush()
        some, others = ([each.name for each in part] for part in (self.side, self.others))
        world.faults.begin(Partition(world.topology.links_across(some, others)))


class NoLongerHears(Sentence):
    """Let nothing of what one device sends reach another one directly, now; the other way everything passes.

    ``other``: the `Device` that is not heard. Their connection stands, and nobody tells them.

    Otherwise like `the network splits into ${side} against ${others}`.

    Example:
    | When Alice does not hear Bob any more
    | And Bob writes file "plan.txt"

    Source: plan P-4.1.4.
    """

    page = "Network"
    template = "${device} does not hear ${other} any more"
    needs = ("p2p",)
    device: Device
    other: Device

    def run(self, world: World) -> None:
        world.operations.flush()
        (link,) = world.topology.links_across([self.device.name], [self.other.name])
        direction = "downstream" if link.node == self.device.name else "upstream"
        world.faults.begin(OneWay((link,), direction))


class RefusesWebSockets(Sentence):
    """Lead the link of two devices through a web proxy that passes requests and their answers, and no WebSocket.

    Nor does it pass TLS, in which it cannot see whether there is one.

    ``other``: the `Device` at the other end of the link. Their port answers, and who asks whether somebody is there
    hears that all is well.

    Hands over the messages that are due, then closes what stands and begins. Ends with `the network heals after
    ${duration}`, or with the test. Inconclusive when no WebSocket was refused, or a request of the harness's own was
    not answered, or when nothing was outstanding at these devices meanwhile. Fails at once where no link leads from one
    to the other.

    Example:
    | When no WebSocket passes between Alice and Bob
    | And Bob writes file "plan.txt"

    Source: plan P-4.1.7.
    """

    page = "Network"
    template = "no WebSocket passes between ${device} and ${other}"
    needs = ("p2p", "folders:websockets")
    device: Device
    other: Device

    def run(self, world: World) -> None:
        world.operations.flush()
        (link,) = world.topology.links_across([self.device.name], [self.other.name])
        bed = world.test_bed
        world.faults.begin(RequestsOnly(link, bed.stack, bed.fresh_directory("requests-only")))


#: What heals by itself after a time.
_HEALING = (Partition, OneWay, RequestsOnly)


class Heals(Sentence):
    """Give back what a partition took, so long after it began.

    ``duration``: a `Duration` from when it began; TIME_SCALE applies. Of several the latest one ends. It
    is also what ends `${device} does not hear ${other} any more` and `no WebSocket passes between ${device} and
    ${other}`.

    Enqueues; deadlines of later sentences begin when a connection through each of the links was answered. Fails at once
    where there is none of them.

    Example:
    | When the network splits into Alice and Bob against Carol
    | And the network heals after 5 seconds

    Source: plan P-4.1.1.
    """

    page = "Network"
    template = "the network heals after ${duration}"
    needs = ("p2p",)
    duration: Duration

    def run(self, world: World) -> None:
        on = [entry.fault for entry in world.faults.on if isinstance(entry.fault, _HEALING)]
        if not on:
            raise InvalidScenario("There is no partition that could heal. Say first that the network splits.")
        world.end_fault_after([type(on[-1])], on[-1].target, self.duration)


class MovesOn(Sentence):
    """Cut off one device after the other, each for so long, each as soon as the one before is back.

    ``devices``: in this order, see `Devices`. ``duration``: a `Duration`; TIME_SCALE applies.

    Enqueues. Each is a fault of its own: inconclusive when one of them was not seen to be cut off, or when nothing was
    outstanding at it meanwhile.

    Example:
    | When Alice spends 10 seconds writing 20 files of 1 KB
    | And Alice, Bob and Carol are cut off one after the other for 3 seconds each

    Source: plan P-4.1.6.
    """

    page = "Network"
    template = "${devices} are cut off one after the other for ${duration} each"
    needs = ("p2p",)
    devices: Devices
    duration: Duration

    def run(self, world: World) -> None:
        self._cut(world, list(self.devices), world.scheduler.now())

    def _cut(self, world: World, devices: list[Device], begin_ns: int) -> None:
        """Cut the first off, and the others behind: the link of two must be back before it is cut again."""
        device, *others = devices

        def begin() -> None:
            entry = world.faults.begin(Cut(world.links(device)))
            entry.ends_by_itself = True
            # From when it began, however late that was: else the next one would be short of its time.
            end_ns = entry.started_ns + world.scaled_ns(self.duration)

            def end() -> None:
                world.topology.end_fault(entry)
                if others:
                    self._cut(world, others, end_ns)

            world.scheduler.at(end_ns, end, f"the end of the {entry.fault}")

        world.scheduler.at(begin_ns, begin, f"{device}'s network is cut")

"""Sentences about a network that is cut, comes back, or does both again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults import network
from syncproof.faults.silent_link import SilentLink
from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.interrupt import Means
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class IsCut(Means):
    """Cut a device's network, now: its connections are closed, and new ones are refused.

    Hands over the messages that are due, then cuts at once; nothing says how many of them had arrived. For an
    exact place see InterruptLibrary: ``Bob's network is cut after he has received 20 messages``.

    Ends with `${device}'s network is restored after ${duration}`, or with the test. Inconclusive when no
    connection of the harness's own was refused, or when nothing was outstanding at the device meanwhile.

    Example:
    | When Bob's network is cut
    | And Alice sends 20 messages
    | And Bob's network is restored after 10 seconds

    Source: plan L-1.1.
    """

    page = "Network"
    template = "${device}'s network is cut"
    on_link = "${link} is cut"
    device: Device

    def begin(self, world: World) -> None:
        world.faults.begin(network.Cut(world.links(self.device)))


class AllAreCut(Means):
    """Cut the networks of several devices at once, now.

    ``devices``: who is cut off, see `Devices`.

    Begins like `${device}'s network is cut`. This is one fault: it must be seen at every one of the devices, and it
    ends for all of them.

    Example:
    | When the networks of Alice and Bob are cut
    | And Alice sends 20 messages
    | And the networks of Alice and Bob are restored after 10 seconds

    Source: plan L-1.1.
    """

    page = "Network"
    template = "the networks of ${devices} are cut"
    devices: Devices

    def begin(self, world: World) -> None:
        world.faults.begin(network.Cut(world.links(*self.devices)))


class AllAreRestored(Sentence):
    """Give several devices, which were cut off together, their network back, so long after the cut.

    ``devices``: the same as when they were cut off together; two cuts that began apart need a sentence each.
    ``duration``: a `Duration` from the beginning of the cut; TIME_SCALE applies.

    Enqueues; deadlines of later sentences begin when a connection through every one of the links was
    answered. Fails at once when they were not cut off together (``There is no cut network of Alice and Bob
    that could end here``).

    Example:
    | And the networks of Alice and Bob are cut after Bob has received 20 messages
    | And the networks of Alice and Bob are restored after 10 seconds

    Source: plan L-1.1.
    """

    page = "Network"
    template = "the networks of ${devices} are restored after ${duration}"
    devices: Devices
    duration: Duration

    def run(self, world: World) -> None:
        world.end_fault_after([network.Cut], [device.name for device in self.devices], self.duration)


class IsRestored(Sentence):
    """Give a device its network back, so long after it was cut, went silent, or began to reset or break off.

    ``duration``: a `Duration` from the beginning of the fault; TIME_SCALE applies. Of several such faults on
    the device alone the latest one ends. For the others see `How a fault ends`.

    Enqueues; deadlines of later sentences begin when a connection through the link was answered. Fails at
    once where there is nothing to end (``There is no cut network or silent network or connections that are reset
    or connections that break off of Bob that could end here``), and where it was cut off together with others.

    Example:
    | And Bob's network is cut after he has received 20 messages
    | And Bob's network is restored after 10 seconds
    | Then Bob should receive all 50 messages within 30 seconds

    Source: plan L-1.1.
    """

    page = "Network"
    template = "${device}'s network is restored after ${duration}"
    on_link = "${link} is restored after ${duration}"
    roles = ("restores",)
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        world.end_fault_after(
            [network.Cut, SilentLink, network.ResetLink, network.BreakingLink],
            world.called(self.device),
            self.duration,
        )


class Flaps(Sentence):
    """Cut and restore a device's network again and again, for as long as messages are sent.

    ``period``: a `Duration`; TIME_SCALE applies. Each begins with a cut of two fifths of it: every 5 seconds
    means 2 seconds without a network and 3 with. The first cut comes at once.

    Enqueues, up to the last message that is due. Fails at once when nothing is sent over a time (``Bob's
    connection cannot flap``). Inconclusive when one of the cuts did not refuse a connection of the harness's
    own, when none was let through between two of them, or when nothing was outstanding at the device.

    Example:
    | When Alice sends 100 messages over 60 seconds
    | And Bob's connection flaps every 5 seconds
    | Then Bob should receive all 100 messages within 30 seconds

    Source: plan L-1.2.
    """

    page = "Network"
    template = "${device}'s connection flaps every ${period}"
    on_link = "the connection over ${link} flaps every ${period}"
    device: Device
    period: Duration

    def run(self, world: World) -> None:
        links, period_ns = world.links(self.device), world.scaled_ns(self.period)
        connection = f"{' and '.join(world.called(self.device))}'s connection"
        start, end = world.scheduler.now(), world.operations.sending_ends_ns
        if end <= start:
            raise InvalidScenario(f"{connection} cannot flap: nothing is sent over a time. Say so first.")
        rounds = -(-(end - start) // period_ns)
        if rounds < 2:
            raise InvalidScenario(
                f"{connection} would go once in all: messages are sent for {(end - start) / 1e9:.1f} s, and a "
                f"flap every {self.period} takes {period_ns / 1e9:g} s with TIME_SCALE. Send for longer."
            )
        fault = network.Flap(links, f"every {self.period}", rounds)
        entry = world.faults.begin(fault)
        for i in range(rounds):
            world.scheduler.at(start + i * period_ns, fault.go, f"{connection} goes")
            back = start + i * period_ns + period_ns * 2 // 5
            if i < rounds - 1:
                world.scheduler.at(back, fault.come_back, f"{connection} comes back")
        world.scheduler.at(back, lambda: world.topology.end_fault(entry), f"the end of the {fault}")
        entry.ends_by_itself = True

"""Sentences about a network that is gone without a word, and comes back as another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.cable import Unplugged
from syncproof.kernel.cast import Device
from syncproof.kernel.interrupt import Means
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class IsUnplugged(Means):
    """Pull a device's network cable, now.

    Its interface and its address are gone: no connection is closed or refused, everything just ends. Needs
    containers: tag the test ``docker``, and it is skipped where STACK is not ``compose``.

    Hands over the messages that are due, then begins; for an exact place see InterruptLibrary. Ends with
    `${device}'s network is plugged in elsewhere after ${duration}`, or with the test. Inconclusive when nothing was
    outstanding at the device meanwhile.

    Example:
    | When Bob's network is unplugged
    | And Alice sends 20 messages
    | And Bob's network is plugged in elsewhere after 10 seconds

    Source: plan L-1.1.
    """

    page = "Network"
    template = "${device}'s network is unplugged"
    device: Device

    def begin(self, world: World) -> None:
        world.faults.begin(_unplugging(world, self.device.name))


class IsPluggedIn(Sentence):
    """Put an unplugged device back on its network, under another address.

    ``duration``: a `Duration` from when it was unplugged; TIME_SCALE applies.

    No connection from before can go on: its address is somebody else's by then. Enqueues; deadlines of later
    sentences begin when the device itself reached its link from the new address. Fails at once when the
    device was not unplugged (``There is no unplugged network of Bob that could end here``).

    Example:
    | And Bob's network is unplugged after he has received 20 messages
    | And Bob's network is plugged in elsewhere after 10 seconds
    | Then Bob should receive all 50 messages within 30 seconds

    Source: plan L-1.1.
    """

    page = "Network"
    template = "${device}'s network is plugged in elsewhere after ${duration}"
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        world.end_fault_after([Unplugged], [self.device.name], self.duration)


def _unplugging(world: World, name: str) -> Unplugged:
    """The fault that a device's network cable is pulled; its end gives it another address."""
    node = world.node(name)
    cable = world.test_bed.stack.cable(node.process)
    if cable is None:
        raise InvalidScenario(
            f"{name}'s network cannot be unplugged: here all devices share the network of this machine. "
            "Tag the test 'docker', so that it is skipped here, and run it with STACK:compose."
        )
    return Unplugged(name, cable, lambda: node.link.address)

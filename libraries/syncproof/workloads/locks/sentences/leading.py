"""Sentences about who leads: at most one device, with the word of more than half."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.workloads.locks.sentences.outcomes import HeldByDevice, HeldByOne, LostByDevice
from syncproof.workloads.locks.state import Locks

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class StandsForElection(Sentence):
    """Let a device want to lead all who share, from now on; it leads when more than half of them have agreed.

    What a leader does is its application's. At the end of every test it is judged that no two led at a time, and that
    each leads in a higher epoch than the one before.

    Hands over the messages that are due, then tells the device.

    Example:
    | When Alice stands for election
    | Then Alice should lead within 10 seconds

    Source: plan P-4.2.3.
    """

    page = "Devices"
    template = "${device} stands for election"
    device: Device

    def run(self, world: World) -> None:
        world.operations.flush()
        world.of(Locks).stand(self.device.name)


class AllStandForElection(Sentence):
    """Let several devices want to lead, one directly behind the other.

    ``devices``: see `Devices`. Like `${device} stands for election`.

    Example:
    | When Bob and Carol stand for election
    | Then the leader should be one of Bob and Carol within 10 seconds

    Source: plan P-4.2.3.
    """

    page = "Devices"
    template = "${devices} stand for election"
    devices: Devices

    def run(self, world: World) -> None:
        world.operations.flush()
        for device in self.devices:
            world.of(Locks).stand(device.name)


class Leads(HeldByDevice):
    """A device that stood for election must lead.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Example:
    | When Alice stands for election
    | Then Alice should lead within 10 seconds

    Source: plan P-4.2.3.
    """

    template = "${device} should lead within ${duration}"
    device: Device
    duration: Duration


class OneLeads(HeldByOne):
    """One of several devices that stood for election must lead, whichever that is.

    ``devices``: see `Devices`. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Example:
    | When Bob and Carol stand for election
    | Then the leader should be one of Bob and Carol within 10 seconds

    Source: plan P-4.2.3.
    """

    template = "the leader should be one of ${devices} within ${duration}"
    devices: Devices
    duration: Duration


class LostLead(LostByDevice):
    """A device must have said that it leads no more, though it wanted to.

    ``duration``: a `Duration`; for when it begins see `Deadlines`. Who is cut off from too many has to know that by
    itself, before another one leads.

    Example:
    | When the network splits into Alice against Bob and Carol
    | Then Alice should have lost the lead within 40 seconds

    Source: plan P-4.2.3.
    """

    template = "${device} should have lost the lead within ${duration}"
    device: Device
    duration: Duration

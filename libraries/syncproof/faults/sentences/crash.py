"""Sentences about devices that die exactly behind a message or lose their data, and about a marker set too far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device, Pronoun
from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class KilledAfterReceiving(Sentence):
    """Kill a device (``kill -9``) exactly behind a message that it received.

    ``pronoun``: see `Pronoun`. ``count``: a `Number` of messages of the others, which must be enqueued before;
    0 is good.

    Waits at most 60 seconds until it has received so many; the next message is sent behind the kill. Fails at
    once when fewer are enqueued or more have arrived. Ends with `${device} starts again after ${duration}`, or
    with the test. Inconclusive when nothing was outstanding at the device while it was dead.

    Example:
    | When Alice sends 50 messages
    | And Bob is killed when he has received 20 messages
    | And Bob starts again after 2 seconds

    Source: plan L-2.3.
    """

    page = "Devices"
    template = "${device} is killed when ${pronoun} has received ${count} messages"
    roles = ("kills",)
    device: Device
    pronoun: Pronoun
    count: int

    def run(self, world: World) -> None:
        world.operations.run_until_received(self.device.name, self.count)
        world.topology.expect_silence(self.device.name)
        world.faults.begin(world.topology.killing(self.device.name))


class IsInstalledAnew(Sentence):
    """A device loses all its data and starts as it did on its first day: its checkpoint, its marker, all messages.

    Its name, and with it its place in the group, stays. Hands over the messages that are due, takes it offline,
    ends its process, starts another one on an empty directory, names its group to it and tells it to connect.
    What it had not sent is gone with its data, so let others receive it before.

    All that the group has ever said has to come again, so sentences that count what it should have received
    begin at nothing, and neither its delivery log nor its marker is held against what they were before.

    Example:
    | And Bob is installed anew
    | Then Bob should receive all 50 messages within 30 seconds
    | And Bob should have no duplicates

    Source: plan L-2.1; a lost checkpoint.
    """

    page = "Devices"
    template = "${device} is installed anew"
    needs = ("history",)
    device: Device

    def run(self, world: World) -> None:
        world.topology.install_anew(self.device.name)

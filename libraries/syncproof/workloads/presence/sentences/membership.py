"""Sentences about devices that become members of the group later, or are members no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device
from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class Joins(Sentence):
    """Start one more device, let a member take it into the group, and wait until it is in and live.

    ``device``: one that takes no part yet. From here on it is a member like the others: it must get all that is
    said, and what was said before: the product hands out the past (capability ``history``).

    Hands over the messages that are due, and waits until the system has taken what undisturbed devices sent; then
    waits at most 60 seconds; fails with ``expected Carol to have joined and to be syncing``. Fails at once for a
    device that takes part already, and where no member is online.

    Example:
    | When Alice sends 20 messages
    | And Carol joins
    | And Bob sends 20 messages
    | Then Carol should receive all 40 messages within 30 seconds

    Source: plan L-3.3.
    """

    page = "Devices"
    template = "${device} joins"
    needs = ("history",)
    devices_are = "joining"
    device: Device

    def run(self, world: World) -> None:
        world.operations.settle()
        world.topology.join(self.device.name)


class Leaves(Sentence):
    """Let a device leave the group, and wait until the system has let go of it.

    Its process goes on and keeps what it has. The others go on without it: nobody waits for it any more, and what
    is said from here on it must not get, which is judged at the end of the test (check ``membership``). What was
    under way when it left may have come or not.

    Hands over the messages that are due, and waits until the system has taken what undisturbed devices sent. Fails
    at once when the device is offline, asleep or dead, and where the product does not answer within 30 seconds.

    Example:
    | Given Alice, Bob and Carol are syncing
    | When Carol leaves
    | And Alice sends 20 messages
    | Then Bob should receive all 20 messages within 10 seconds

    Source: plan L-3.3.
    """

    page = "Devices"
    template = "${device} leaves"
    needs = ("leave",)
    device: Device

    def run(self, world: World) -> None:
        world.operations.settle()
        world.topology.take_out(self.device.name)

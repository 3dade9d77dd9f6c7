"""Sentences about a man in the middle who sends what he has heard once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.replaying.program import Replayed
from syncproof.kernel.cast import Device
from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: How long it may take until something is said behind which messages can be sent: the ping of a slow product.
_PING_S = 60.0


class KeepsMessages(Sentence):
    """Lead the link of two devices through a man in the middle who keeps every message, and passes it on.

    ``other``: the `Device` at the other end of the link. Who does that knows where the messages of a WebSocket begin
    and end, and nothing of what they say. He does not keep the first one of a connection, which is a greeting.

    Hands over the messages that are due, then closes what stands and begins; lasts to the end of the test. Inconclusive
    when no messages were sent once more, or when nothing was outstanding at these devices meanwhile. Fails at once
    where no link leads from one to the other.

    Example:
    | And a man in the middle keeps what Alice and Bob say to each other
    | When Alice writes file "plan.txt" 2 times
    | And what Alice and Bob said to each other is said again

    Source: plan P-2.3.7.
    """

    page = "Network"
    template = "a man in the middle keeps what ${device} and ${other} say to each other"
    needs = ("p2p",)
    device: Device
    other: Device

    def run(self, world: World) -> None:
        world.operations.flush()
        (link,) = world.topology.links_across([self.device.name], [self.other.name])
        bed = world.test_bed
        world.faults.begin(Replayed(link, bed.stack, bed.fresh_directory("replaying")))


class ReplaysMessages(Sentence):
    """Let the man in the middle send all that he has kept once more, unchanged, both ways, the last message first.

    ``other``: the `Device` at the other end of the link. What was replaced comes behind what has replaced it. It is
    done once in a connection, behind the next thing that is said, like a ping: waits for that, with the harness's
    patience. Fails at once where no man in the middle keeps what they say.

    Example:
    | And what Alice and Bob said to each other is said again
    | Then nothing should be transferred for 2 seconds

    Source: plan P-2.3.7.
    """

    page = "Network"
    template = "what ${device} and ${other} said to each other is said again"
    needs = ("p2p",)
    device: Device
    other: Device

    def run(self, world: World) -> None:
        world.operations.flush()
        (link,) = world.topology.links_across([self.device.name], [self.other.name])
        fault = world.faults.find((Replayed,), *link.targets).fault
        assert isinstance(fault, Replayed)
        fault.replay()
        world.run_until("all messages to be sent once more", fault.replayed, _PING_S)

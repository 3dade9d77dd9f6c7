"""Sentences about a man in the middle who sends what he has heard once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.replaying.program import Replayed
from syncproof.kernel.cast import Device
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class ReplaysMessages(Sentence):
    """Lead the link of two devices through a man in the middle who sends every message once more, unchanged.

    ``other``: the `Device` at the other end of the link. ``duration``: a `Duration`; TIME_SCALE applies. When one of
    them has said nothing for so long, all its messages go once more, the last one first, behind the next ping: what was
    replaced comes behind what has replaced it. Who does that knows where the messages of a WebSocket begin and end, and
    nothing of what they say. It happens once in a connection, whose first message is not repeated.

    Hands over the messages that are due, then closes what stands and begins; lasts to the end of the test. Inconclusive
    when no messages were sent once more, or when nothing was outstanding at these devices meanwhile. Fails at once
    where no link leads from one to the other.

    Example:
    | And what Alice and Bob say to each other is said again after 3 seconds of silence
    | When Alice writes file "plan.txt" 2 times

    Source: plan P-2.3.7.
    """

    page = "Network"
    template = "what ${device} and ${other} say to each other is said again after ${duration} of silence"
    needs = ("p2p",)
    device: Device
    other: Device
    duration: Duration

    def run(self, world: World) -> None:
        world.operations.flush()
        (link,) = world.topology.links_across([self.device.name], [self.other.name])
        bed = world.test_bed
        after_s = world.scaled_s(self.duration)
        world.faults.begin(Replayed(link, bed.stack, bed.fresh_directory("replaying"), after_s))

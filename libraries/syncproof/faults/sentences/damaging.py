"""Sentences about a link that damages what passes over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.damaging.program import Damaging
from syncproof.kernel.cast import Device
from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class IsDamaged(Sentence):
    """Let the link of two devices flip one bit in every 200 KB of what passes over it, each way.

    ``other``: the `Device` at the other end of the link. Nobody is told: it is what a broken router does behind the
    checksums of TCP. The first 200 KB of a connection pass as they are.

    Hands over the messages that are due, then closes what stands and begins; lasts to the end of the test. Inconclusive
    when nothing was damaged, or when nothing was outstanding at these devices meanwhile. Fails at once where no link
    leads from one to the other.

    Example:
    | And what Alice and Bob say to each other is damaged on its way
    | When Alice writes file "film.bin" of 1 MB
    | Then Bob should have Alice's file "film.bin" within 30 seconds

    Source: plan P-3.2.7.
    """

    page = "Network"
    template = "what ${device} and ${other} say to each other is damaged on its way"
    needs = ("p2p",)
    device: Device
    other: Device

    def run(self, world: World) -> None:
        world.operations.flush()
        (link,) = world.topology.links_across([self.device.name], [self.other.name])
        bed = world.test_bed
        world.faults.begin(Damaging(link, bed.stack, bed.fresh_directory("damaging")))

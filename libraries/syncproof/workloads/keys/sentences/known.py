"""Sentences about whose keys are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.sentence import Sentence
from syncproof.workloads.keys.state import Keys

if TYPE_CHECKING:
    from syncproof.kernel.world import World

_MALLORY = "Mallory"


class KeyIsKnown(Sentence):
    """Tell every device the key of Mallory, who came as a stranger: they know her, and share nothing with her.

    Acts at once. Fails at once when she has not come.

    Example:
    | Given Alice, Bob and Carol share a folder
    | And Mallory comes as a stranger who asks for their folder
    | And everybody knows Mallory's key

    Source: plan P-6.2.6.
    """

    page = "Devices"
    template = "everybody knows Mallory's key"
    needs = ("p2p",)

    def run(self, world: World) -> None:
        world.of(Keys).tell_of_outsider(_MALLORY)

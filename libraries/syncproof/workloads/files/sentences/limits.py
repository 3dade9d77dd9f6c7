"""Sentences about how much devices take in of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class TakeIn(Sentence):
    """Let devices take in so many messages a second, of each other one, that nobody has asked for.

    ``count``: a `Number`, 1 at least; of whoever has said little before a product may take in more at once. TIME_SCALE
    applies: it belongs into tests that are tagged ``unscaled``.

    Stands before the devices start.

    Example:
    | Given devices take in 20 messages a second that nobody asked for
    | And Alice, Bob and Carol share a folder

    Source: plan P-6.3.3.
    """

    page = "Devices"
    template = "devices take in ${count} messages a second that nobody asked for"
    needs = ("settings:message_s",)
    devices_are = "set"
    has_singular = False
    count: int

    @property
    def contradiction(self) -> str:
        if self.count:
            return ""
        return "Devices that take in no message hear nobody, whoever it is: let it be 1 a second at least."

    def run(self, world: World) -> None:
        world.topology.settings.update(message_s=1 / self.count)

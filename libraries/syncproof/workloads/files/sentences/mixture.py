"""A sentence about what users do in their folders without a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Devices
from syncproof.kernel.sentence import Sentence
from syncproof.workloads.files.mixture import Mixture

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class ChangeFilesAtRandom(Sentence):
    """Let several users write, rewrite, rename and delete files, as SEED draws it for each of them.

    ``devices``: see `Devices`. ``count``: a `Number` of changes of each. What is rewritten is any file that a device
    has by then, whoever made it; only who made a file renames or deletes it.

    Enqueues; each counts as one of the device's messages. The users take turns, one change each.

    Example:
    | When Alice, Bob and Carol change files at random 20 times each
    | Then all folders should be equal within 30 seconds

    Source: plan P-9.1.1.
    """

    page = "Devices"
    template = "${devices} change files at random ${count} times each"
    roles = ("sends",)
    devices: Devices
    count: int

    def run(self, world: World) -> None:
        for _ in range(self.count):
            for device in self.devices:
                world.of(Mixture).change(device.name)

"""Moments between one change of a folder and the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Who
from syncproof.kernel.interrupt import Moment

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class AfterFiles(Moment):
    """Exactly behind a change of a file that a device got from the others.

    ``who``: the device, see `Who`. ``count``: a `Number` of changes that the others' users are asked for before; that a
    file is deleted or gets another name counts as one, too. Exact for 0 and for the last one as well.

    Waits at most 60 seconds until the device has so many; the next one is asked for behind what begins then. Fails at
    once when fewer are enqueued, and when it has more already.

    Source: plan P-2.2.5.
    """

    template = "after ${who} has received ${count} files"
    before = ("When Alice writes 20 files of 4 KB",)
    who: Who
    count: int

    def reach(self, world: World, name: str) -> None:
        world.operations.run_until_received(name, self.count)

"""Sentences about files that are passed on in parts, by devices that do not have all of them yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Percent
from syncproof.workloads.files.cost import Cost

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class PartsPassedOn(Outcome):
    """A device must have got parts of files from others that were still getting other parts.

    ``count``: a `Number` of parts.

    Waits until everything is at rest, see `Rest`. Unknown (and failed) where the device got no part of a file.

    Example:
    | Given Alice, Bob and Carol share a folder in a chain
    | When Alice writes file "film.bin" of 8 MB
    | Then Carol should have got 8 parts from devices that were still getting others

    Source: plan P-5.3.3.
    """

    template = "${device} should have got ${count} parts from devices that were still getting others"
    has_singular = False
    needs = ("folders:transfers",)
    check = "parts_passed_on"
    device: Device
    count: int

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"least": self.count}

    def look(self, world: World) -> None:
        world.of(Cost).note_names()


class FewInVain(Outcome):
    """Hardly ever may a device have asked another one for a part of a file that was not there.

    ``part``: a `Percent` of all parts that devices asked each other for.

    Waits until everything is at rest, see `Rest`; judges what devices count, as ``askedInVain`` in GET /metrics, since
    they were last started. Unknown (and failed) where all parts came from devices that had all.

    Example:
    | When Alice writes file "film.bin" of 8 MB
    | Then at most 10% of all parts should have been asked for in vain

    Source: plan P-5.3.3.
    """

    template = "at most ${part} of all parts should have been asked for in vain"
    needs = ("folders:work",)
    check = "few_in_vain"
    part: Percent

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"most": self.part.fraction}

    def look(self, world: World) -> None:
        world.of(Cost).note_names()
        world.of(Cost).note_work()

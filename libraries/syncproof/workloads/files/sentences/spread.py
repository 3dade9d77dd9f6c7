"""Sentences about how what devices get is spread: few copies, short ways, few messages, few bytes, no work twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Size
from syncproof.workloads.files.cost import Cost

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: Times the least possible that everything together may take.
_NEAR = 1.5


class _Named(Outcome):
    """Base of those whose check asks from whom something came."""

    def look(self, world: World) -> None:
        world.of(Cost).note_names()


class FewCopies(_Named):
    """No device may have given away more than so many copies of all that was written: who gets it passes it on.

    ``count``: a `Number` of copies. A copy is as many bytes as all different parts of files have.

    Waits until everything is at rest, see `Rest`. Unknown (and failed) where no more devices got anything than that.

    Example:
    | Given 8 peers share a folder as a tree with 2 branches
    | When Alice writes file "film.bin" of 1 MB
    | Then no device should have given away more than 4 copies

    Source: plan P-5.1.3, P-5.1.7.
    """

    template = "no device should have given away more than ${count} copies"
    has_singular = False
    needs = ("folders:transfers",)
    check = "few_copies"
    count: int

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"most": self.count}


class FewSteps(_Named):
    """Each part of a file must have come to each device by way of few others.

    ``count``: a `Number` of steps from the one that had it first: with 1, everybody got it from there.

    Waits until everything is at rest, see `Rest`. Unknown (and failed) where there are no more devices than that.

    Example:
    | Given 12 peers share a folder as a tree with 2 branches
    | When Alice writes file "film.bin" of 1 MB
    | Then nothing should have taken more than 3 steps

    Source: plan P-5.1.6.
    """

    template = "nothing should have taken more than ${count} steps"
    has_singular = False
    needs = ("folders:transfers",)
    check = "few_steps"
    count: int

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"most": self.count}


class NearMinimum(Outcome):
    """All that devices got may be at most 1.5 times what there was for them: each different part of a file once.

    Whatever peers say to each other counts, and whatever came again. Parts count as they were transferred, compressed
    or not.

    Waits until everything is at rest, see `Rest`.

    Example:
    | When Alice writes 5 files of 200 KB
    | Then at most 1.5 times the least possible should have been transferred

    Source: plan P-5.2.5, P-9.2.3.
    """

    template = "at most 1.5 times the least possible should have been transferred"
    needs = ("folders:transfers",)
    check = "near_minimum"

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"most": _NEAR}


class LastChangeSmall(Outcome):
    """The change that somebody was asked for last may have cost no device more than so many bytes.

    ``size``: a `Size` of all that the device got since then.

    Waits until everything is at rest, see `Rest`. Unknown (and failed) while a device does not have that change.

    Example:
    | When Alice changes 1 KB in the middle of file "film.bin"
    | Then the last change should have cost no device more than 150 KB

    Source: plan P-5.3.4, P-5.3.5.
    """

    template = "the last change should have cost no device more than ${size}"
    needs = ("folders:transfers",)
    check = "last_change_small"
    size: Size

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"most": self.size.bytes}


class FewMessages(Outcome):
    """Many changes must have come to a device in few messages.

    ``number``: a `Number` of changes of others that it must have. ``count``: a `Number` of messages that brought any.

    Waits until everything is at rest, see `Rest`. Unknown (and failed) where fewer changes came.

    Example:
    | When Bob goes offline
    | And Alice writes 100 files of 1 KB
    | And Bob comes online
    | Then 100 changes should have come to Bob in at most 2 messages

    Source: plan P-5.3.6.
    """

    template = "${number} changes should have come to ${device} in at most ${count} messages"
    has_singular = False
    needs = ("folders:transfers",)
    check = "few_messages"
    number: int
    device: Device
    count: int

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"number": self.number, "most": self.count}


class FewerThanInMesh(Outcome):
    """One change must have cost fewer messages than a mesh needs only to say that there is one.

    In a mesh each device says so to each other one. Rounds that were measured with one change and at least six devices
    are judged.

    Waits until everything is at rest, see `Rest`. Unknown (and failed) where there is none.

    Example:
    | Given 12 peers share a folder as a tree with 2 branches
    | When it is measured what 1 versions of "plan.txt" by Alice cost
    | Then one change should have cost fewer messages than in a mesh

    Source: plan P-5.3.1.
    """

    template = "one change should have cost fewer messages than in a mesh"
    needs = ("folders:transfers",)
    check = "fewer_than_in_a_mesh"


class _Counted(_Named):
    """Base of those about what devices count themselves."""

    number: int

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"number": self.number}

    def look(self, world: World) -> None:
        super().look(world)
        world.of(Cost).note_work()


class PackedOnce(_Counted):
    """A device must have made each part of a file ready for the way once, however many others got it from there.

    ``number``: a `Number` of devices that must have got some part from one and the same.

    Waits until everything is at rest, see `Rest`; judges what devices count, as ``blocksPacked`` in GET /metrics.

    Example:
    | Given 6 peers share a folder
    | When Alice writes file "film.bin" of 1 MB
    | Then what 3 others got from a device should have been made ready once

    Source: plan P-5.1.4.
    """

    template = "what ${number} others got from a device should have been made ready once"
    needs = ("folders:work",)
    check = "packed_once"
    number: int


class HashedOnce(_Counted):
    """No device may have read a file again to find out what is in it, unless somebody had written it there.

    ``number``: a `Number` of looks at all folders that there must have been.

    Waits until everything is at rest, see `Rest`; judges what devices count, as ``filesHashed`` in GET /metrics, since
    they were last started.

    Example:
    | When Alice writes 20 files of 4 KB
    | Then all folders should be equal within 30 seconds
    | And no file should have been hashed again in 3 looks

    Source: plan P-5.3.7.
    """

    template = "no file should have been hashed again in ${number} looks"
    needs = ("folders:work",)
    check = "hashed_once"
    number: int

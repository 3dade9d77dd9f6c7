"""Sentences about the figures of a plan: what a peer takes at a usual load, and how soon others have what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration, Percent, Size
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.shape import Side
from syncproof.workloads.files.cost import Cost
from syncproof.workloads.files.state import Files

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class MeasureSteadyFiles(Sentence):
    """Let users write new files, spread evenly over a time, and measure what that takes.

    ``side``: who writes, one device or more, see `Side`. ``count``: a `Number` of files of each. ``size``: a `Size`.
    ``duration``: a `Duration` from the first to the last of them; TIME_SCALE applies.

    Waits until everything is at rest, reads every device, lets them write, and reads it again as soon as the last file
    is everywhere.

    Example:
    | Given 5 peers share a folder
    | When it is measured what 10 files of 4 KB by Alice and Bob take over 10 seconds
    | Then no device should have needed more than 10% of a processor

    Source: plan P-9.2.4.
    """

    page = "Devices"
    template = "it is measured what ${count} files of ${size} by ${side} take over ${duration}"
    has_singular = False
    count: int
    size: Size
    side: Side
    duration: Duration

    def run(self, world: World) -> None:
        lasts_ns = world.scaled_ns(self.duration)

        def load(files: Files, name: str) -> None:
            files.write_many(name, self.count, self.size.bytes, over_ns=lasts_ns)

        world.of(Cost).measure_for([device.name for device in self.side], load, lasts_ns)


class TimeFiles(Sentence):
    """Let users write a new file each in turn, as soon as the one before is everywhere, and measure how long it takes.

    ``count``: a `Number` of files. ``size``: a `Size`. ``side``: who writes, one device or more, see `Side`.

    Waits until everything is at rest, and then at most 60 seconds for each file.

    Example:
    | Given Alice, Bob and Carol share a folder
    | When it is measured how soon 60 files of 1 KB by Alice and Bob are everywhere
    | Then 99% of them should have come within 100 ms

    Source: plan P-9.2.2.
    """

    page = "Devices"
    template = "it is measured how soon ${count} files of ${size} by ${side} are everywhere"
    has_singular = False
    count: int
    size: Size
    side: Side

    def run(self, world: World) -> None:
        world.of(Cost).time([device.name for device in self.side], self.count, self.size.bytes)


class CameSoon(Outcome):
    """99 of 100 files that were written one by one must have come to each other device within a time.

    ``most``: a `Duration`, from when the author had stored it to when another device had. TIME_SCALE does not apply
    and no slack is added: what a busy machine let processes wait for a processor is taken off instead, as the kernel
    counts it, so the sentence belongs into tests that are tagged ``unscaled``.

    Waits until everything is at rest, see `Rest`. Unknown (and failed) for less than 100 files that came to somebody.

    Example:
    | When it is measured how soon 60 files of 1 KB by Alice and Bob are everywhere
    | Then 99% of them should have come within 100 ms

    Source: plan P-9.2.2.
    """

    template = "99% of them should have come within ${most}"
    check = "soon_everywhere"
    most: Duration

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"most_ms": self.most.seconds * 1000}


class LittleProcessor(Outcome):
    """No device may have needed more than a part of a processor while it was measured what a load takes.

    ``part``: a `Percent` of one processor: what all threads of a process had, over the time that was measured, less
    what a busy machine let it wait.

    Waits until everything is at rest, see `Rest`. Unknown (and failed) where nothing was measured.

    Example:
    | When it is measured what 10 files of 4 KB by Alice and Bob take over 10 seconds
    | Then no device should have needed more than 10% of a processor

    Source: plan P-9.2.4.
    """

    template = "no device should have needed more than ${part} of a processor"
    check = "little_processor"
    part: Percent

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"most": self.part.fraction}


class LittleMemory(Outcome):
    """No device may have needed more memory than that while it was measured what a load takes.

    ``size``: a `Size` of the highest resident memory of a process, its program included.

    Waits until everything is at rest, see `Rest`. Unknown (and failed) where nothing was measured.

    Example:
    | When it is measured what 10 files of 4 KB by Alice and Bob take over 10 seconds
    | Then no device should have needed more than 100 MB of memory

    Source: plan P-9.2.5.
    """

    template = "no device should have needed more than ${size} of memory"
    check = "little_memory"
    size: Size

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"most": self.size.bytes}

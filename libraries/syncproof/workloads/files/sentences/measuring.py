"""Sentences that measure what a load costs, and how that grows."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Self

from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Size
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.shape import Side
from syncproof.kernel.text import Text
from syncproof.workloads.files.cost import Cost
from syncproof.workloads.files.state import Files

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: Powers up to which growth is in line, where it is another one than for most. Who greets says what there is of every
#: author, who are more with more peers; a busy machine does much to times.
_IN_LINE = 1.35
_IN_LINE_OF = {
    ("messages", "peers"): 1.25,
    ("bytes", "peers"): 1.5,
    ("processor time", "changes"): 1.4,
}


class MorePeersJoin(Sentence):
    """Let further peers join the folder, one after the other, each linked to all that are there.

    ``devices``: see `Devices`; none of them takes part before.

    Waits at most 60 seconds for each.

    Example:
    | Given 3 peers share a folder
    | When peers 4 to 6 join the folder
    | Then all folders should be equal within 30 seconds

    Source: plan P-5.2.1.
    """

    page = "Devices"
    template = "${devices} join the folder"
    needs = ("p2p",)
    devices_are = "joining"
    devices: Devices

    def run(self, world: World) -> None:
        for device in self.devices:
            world.topology.join(device.name)


class MeasureFiles(Sentence):
    """Let users write new files, and measure what it costs until all folders have them.

    ``side``: who writes, one device or more, see `Side`. ``count``: a `Number` of files of each. ``size``: a `Size`.

    Waits until everything is at rest, reads every device, lets them write, waits until all is everywhere, at most 60
    seconds, and at rest again. Say it at least three times, with more peers or more files each time: a sentence like
    "the ${figure} should grow no faster than the number of ${over}" judges how what it costs grows.

    Example:
    | Given 3 peers share a folder
    | When it is measured what 10 files of 1 KB by Alice cost
    | And peers 4 to 6 join the folder

    Source: plan P-5.2.1.
    """

    page = "Devices"
    template = "it is measured what ${count} files of ${size} by ${side} cost"
    has_singular = False
    count: int
    size: Size
    side: Side

    def run(self, world: World) -> None:
        def load(files: Files, name: str) -> None:
            files.write_many(name, self.count, self.size.bytes)

        world.of(Cost).measure([device.name for device in self.side], load)


class MeasureVersions(Sentence):
    """Let a user write one file again and again, and measure what it costs until all folders have the last version.

    ``count``: a `Number` of versions. ``path``: a `Text`. ``device``: whose user writes.

    Otherwise like `it is measured what ${count} files of ${size} by ${side} cost`.

    Example:
    | When it is measured what 20 versions of "plan.txt" by Alice cost
    | Then the log should grow no faster than the number of changes

    Source: plan P-5.2.4.
    """

    page = "Devices"
    template = 'it is measured what ${count} versions of "${path}" by ${device} cost'
    has_singular = False
    count: int
    path: Text
    device: Device

    def run(self, world: World) -> None:
        def load(files: Files, name: str) -> None:
            for _ in range(self.count):
                files.write(name, str(self.path))

        world.of(Cost).measure([self.device.name], load)


class _Word(Enum):
    @classmethod
    def parse(cls, text: str) -> Self:
        """One of several words. Fails (ValueError) for any other, and lists them."""
        try:
            return cls(text.strip().lower())
        except ValueError:
            words = ", ".join(word.value for word in cls)
            raise ValueError(f"'{text}' is not measured: write one of {words}.") from None

    def __str__(self) -> str:
        return str(self.value)


class Figure(_Word):
    """``messages``, ``bytes``, ``connections``, ``processor time``, ``log`` or ``hashed files``.

    Of what all devices got; of the links that were used; of all processes; of all that devices keep beside the content
    of files; read to find out what is in them.
    """

    MESSAGES = "messages"
    BYTES = "bytes"
    CONNECTIONS = "connections"
    PROCESSOR = "processor time"
    LOG = "log"
    HASHED = "hashed files"


class Over(_Word):
    """``peers`` or ``changes``."""

    PEERS = "peers"
    CHANGES = "changes"


class GrowsInLine(Outcome):
    """What a load cost all devices together must have grown in line with the number of peers or of changes, or less.

    ``figure``: see `Figure`. ``over``: see `Over`. Over peers, the cost of one change counts, against the number of
    those for whom it is: all but one. The exponent of a power is fitted over all rounds that were measured; it must be
    at most 1.35. Over peers it is 1.25 for messages and 1.5 for bytes, over changes 1.4 for processor time. Everybody
    who tells everybody has 2.

    Waits until everything is at rest, see `Rest`. Unknown (and failed) with less than three rounds, the last of them
    2.5 times as large as the first, and for a figure that the product does not count.

    Example:
    | When it is measured what 10 files of 1 KB by Alice cost
    | And peers 4 to 6 join the folder
    | And it is measured what 10 files of 1 KB by Alice cost
    | Then the messages should grow no faster than the number of peers

    Source: plan P-5.1.1, P-5.2.1.
    """

    template = "the ${figure} should grow no faster than the number of ${over}"
    needs = ("folders:transfers",)
    check = "growth"
    figure: Figure
    over: Over

    def limits(self, world: World) -> dict[str, Any]:
        del world
        figure, over = str(self.figure), str(self.over)
        return {"figure": figure, "over": over, "most": _IN_LINE_OF.get((figure, over), _IN_LINE)}

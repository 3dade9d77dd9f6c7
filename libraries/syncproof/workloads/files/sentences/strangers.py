"""Sentences about Mallory, whom nobody has let in."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Self

from syncproof.kernel.cast import Device
from syncproof.kernel.sentence import Sentence
from syncproof.workloads.files.hostile import THIEF, Hostile

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class Trick(Enum):
    """How a stranger tries to get in; its value is the kind of client that a product has for it."""

    NAME = "impostor"
    NO_KEY = "keyless"
    CROWD = "crowding"
    THEFT = THIEF
    NOT_ASKED = "uninvited"

    @classmethod
    def parse(cls, text: str) -> Self:
        """A phrase like ``passes for one of them``: how else can be seen in the message of any other one.

        Fails (ValueError) for any other words.
        """
        for trick, said in _SAID.items():
            if text.strip().lower() == said:
                return cls(trick)
        raise ValueError(f"'{text}' is nothing that a stranger does here. It {' or '.join(_SAID.values())}.")

    def __str__(self) -> str:
        return _SAID[self.value]


_SAID = {
    "impostor": "passes for one of them",
    "keyless": "shows no key",
    "crowding": "leaves no room for others",
    THIEF: "has the copied disk",
    "uninvited": "asks for their folder",
}


class MalloryComes(Sentence):
    """Let Mallory come as a stranger: she knows who shares the folder and where they are, and they do not know her.

    ``trick``: a `Trick`. She is a program of the product's own, and dials each of them again and again. She is none of
    the devices. At its end every test is judged for a file that she has got all the same. A test in which she has tried
    nothing is inconclusive.

    Acts at once.

    Example:
    | Given Alice, Bob and Carol share a folder
    | And Mallory comes as a stranger who passes for one of them

    Source: plan P-6.1.1.
    """

    page = "Devices"
    template = "Mallory comes as a stranger who ${trick}"
    needs = ("p2p",)
    trick: Trick

    @property
    def asks(self) -> tuple[str, ...]:
        """That the product has such a client."""
        return (*self.needs, f"clients:{self.trick.value}")

    def run(self, world: World) -> None:
        world.of(Hostile).come(self.trick.value)


class MalloryTried(Sentence):
    """Go on once Mallory has tried so often: what she does in passing need not be felt by anybody.

    ``count``: a `Number` of times, in all, at whichever device.

    Waits at most 60 seconds. A test in which she does not come so far is inconclusive.

    Example:
    | And Mallory comes as a stranger who leaves no room for others
    | When Mallory has tried 150 times
    | And Carol comes online

    Source: plan P-6.2.5.
    """

    page = "Devices"
    template = "Mallory has tried ${count} times"
    needs = ("p2p",)
    count: int

    def run(self, world: World) -> None:
        world.of(Hostile).wait_until_tried(self.count)


class DiskCopied(Sentence):
    """Let somebody copy all that a device keeps: its keys, and the files that lie there.

    ``device``: a `Device`. Acts at once; the device does not notice.

    Example:
    | And somebody copies Alice's disk
    | When Alice gets a new key and the old one counts for 5 seconds more
    | Then Alice's old key should be given up within 30 seconds
    | When Mallory comes as a stranger who has the copied disk

    Source: plan P-6.1.5.
    """

    page = "Devices"
    template = "somebody copies ${device}'s disk"
    needs = ("p2p",)
    device: Device

    def run(self, world: World) -> None:
        world.of(Hostile).copy_disk(self.device.name)

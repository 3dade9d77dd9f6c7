"""Sentences about Mallory, who takes part as a peer that does harm and does not know it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Self

from syncproof.kernel.sentence import Sentence
from syncproof.workloads.files.hostile import Hostile

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class Failing(Enum):
    """What fails at a faulty peer; its value is the kind of client that a product has for it."""

    DISK = "decaying"
    MEMORY = "flipping"
    PROGRAM = "buggy"
    STATE = "muddled"

    @classmethod
    def parse(cls, text: str) -> Self:
        """A phrase like ``a buggy program``: what else there is can be seen in the message of any other one.

        Fails (ValueError) for any other words.
        """
        for failing, said in _SAID.items():
            if text.strip().lower() == said:
                return cls(failing)
        raise ValueError(f"'{text}' is nothing that fails here. It can be {' or '.join(_SAID.values())}.")

    def __str__(self) -> str:
        return _SAID[self.value]


_SAID = {
    "decaying": "a disk that damages what it keeps",
    "flipping": "a memory that flips bits",
    "buggy": "a buggy program",
    "muddled": "an inconsistent state",
}


class MalloryJoinsWith(Sentence):
    """Let Mallory take part as a faulty peer: all know her as one of them, and are linked to her.

    ``failing``: a `Failing`. She means no harm, and does not know that she does it. All else is as it is with
    `Mallory joins as a hostile peer who ${habit}`: a test in which nothing failed at her is inconclusive.

    Waits at most 60 seconds until everybody is linked to her.

    Example:
    | Given Alice, Bob and Carol share a folder
    | And Mallory joins with a memory that flips bits

    Source: plan P-3.2.1 to P-3.2.6.
    """

    page = "Devices"
    template = "Mallory joins with ${failing}"
    needs = ("p2p",)
    failing: Failing

    @property
    def asks(self) -> tuple[str, ...]:
        """That the product has such a peer."""
        return (*self.needs, f"clients:{self.failing.value}")

    def run(self, world: World) -> None:
        world.of(Hostile).join(self.failing.value)

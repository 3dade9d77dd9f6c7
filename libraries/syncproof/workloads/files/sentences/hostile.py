"""Sentences about Mallory, who takes part as a peer that does harm, and about what the others make of her."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Self

from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.text import Text
from syncproof.workloads.files.checks.hostile import exposed_by
from syncproof.workloads.files.hostile import MALLORY, Hostile

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class Habit(Enum):
    """What harm a hostile peer does; its value is the kind of client that a product has for it."""

    ORDERS = "two_faced"
    VERSIONS = "selective"
    HISTORY = "forking"

    @classmethod
    def parse(cls, text: str) -> Self:
        """A phrase like ``forks its history``: how else can be seen in the message of any other one.

        Fails (ValueError) for any other words.
        """
        for habit, said in _SAID.items():
            if text.strip().lower() == said:
                return cls(habit)
        raise ValueError(
            f"'{text}' is nothing that a hostile peer does here. It {' or '.join(_SAID.values())}."
        )

    def __str__(self) -> str:
        return _SAID[self.value]


_SAID = {
    "two_faced": "sends different orders to different peers",
    "selective": "shares different versions with different peers",
    "forking": "forks its history",
}


class MalloryJoins(Sentence):
    """Let Mallory take part as a hostile peer: all know her as one of them, and are linked to her.

    ``habit``: a `Habit`. She is a program of the product's own, a peer as it should be but for that; what she says is
    signed and well formed. She is none of the devices: her folder is not looked at, and nothing that she writes has to
    be anywhere. A test in which she has done no harm is inconclusive.

    Waits at most 60 seconds until everybody is linked to her.

    Example:
    | Given Alice, Bob and Carol share a folder
    | And Mallory joins as a hostile peer who sends different orders to different peers

    Source: plan P-2.3.5.
    """

    page = "Devices"
    template = "Mallory joins as a hostile peer who ${habit}"
    needs = ("p2p",)
    habit: Habit

    @property
    def asks(self) -> tuple[str, ...]:
        """That the product has such a peer."""
        return (*self.needs, f"clients:{self.habit.value}")

    def run(self, world: World) -> None:
        world.of(Hostile).join(self.habit.value)


class MalloryShares(Sentence):
    """Let Mallory write some versions of a file, one behind the other.

    ``count``: a `Number`. ``path``: a `Text`. Acts at once. It is no message of any device.

    Example:
    | When Mallory shares 2 versions of file "plan.txt"
    | Then everybody should have exposed Mallory within 10 seconds

    Source: plan P-2.3.5.
    """

    page = "Devices"
    template = 'Mallory shares ${count} versions of file "${path}"'
    count: int
    path: Text

    def run(self, world: World) -> None:
        world.of(Hostile).share(str(self.path), self.count)


class EverybodyExposed(Outcome):
    """Every device must have said that it has a proof of what Mallory does.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    At its end every test is judged for devices that were exposed and did nothing wrong.

    Example:
    | When Mallory shares 2 versions of file "plan.txt"
    | Then everybody should have exposed Mallory within 10 seconds

    Source: plan P-2.3.5.
    """

    template = "everybody should have exposed Mallory within ${duration}"
    check = "liar_exposed"
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.of(Hostile).require()
        return {"liar": MALLORY}

    def ready(self, world: World) -> bool:
        return exposed_by(world.history, MALLORY) >= world.topology.nodes.keys()

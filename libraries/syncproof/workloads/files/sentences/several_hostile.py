"""Sentences about several peers that do harm, and about what the others make of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.text import Text
from syncproof.workloads.files.checks.hostile import exposed_by
from syncproof.workloads.files.hostile import Hostile
from syncproof.workloads.files.sentences.hostile import Habit

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class SeveralJoin(Sentence):
    """Let several hostile peers take part: all devices know each as one of them, and are linked to it.

    ``count``: a `Number` of peers, the first of which is Mallory. ``habit``: a `Habit`, of each.

    They do not know each other. Otherwise like `Mallory joins as a hostile peer who ${habit}`: a test in which one of
    them has done no harm is inconclusive.

    Waits at most 60 seconds for each until everybody is linked to it.

    Example:
    | Given 5 peers share a folder
    | And hostile peers join, 2 in all, each of whom forks its history

    Source: plan P-9.1.4.
    """

    page = "Devices"
    template = "hostile peers join, ${count} in all, each of whom ${habit}"
    needs = ("p2p",)
    count: int
    habit: Habit

    @property
    def asks(self) -> tuple[str, ...]:
        """That the product has such a peer."""
        return (*self.needs, f"clients:{self.habit.value}")

    def run(self, world: World) -> None:
        world.of(Hostile).join_several(self.habit.value, self.count)


class SeveralSurround(Sentence):
    """Let several hostile peers take part, and choose names by which they become the neighbours of a device.

    ``device``: a `Device`, that shares the folder. ``count``: a `Number` of peers. ``habit``: a `Habit`, of each.

    Their names come right behind the device's: in a tree that is found by names they are next to it. Otherwise like
    `hostile peers join, ${count} in all, each of whom ${habit}`; none of them is Mallory.

    Example:
    | Given Alice, Bob, Carol and Dave share a folder as a tree with 2 branches
    | And hostile peers surround Alice, 4 in all, each of whom keeps to itself what others wrote

    Source: plan P-6.2.3.
    """

    page = "Devices"
    template = "hostile peers surround ${device}, ${count} in all, each of whom ${habit}"
    needs = ("p2p",)
    device: Device
    count: int
    habit: Habit

    @property
    def asks(self) -> tuple[str, ...]:
        """That the product has such a peer."""
        return (*self.needs, f"clients:{self.habit.value}")

    def run(self, world: World) -> None:
        world.of(Hostile).surround(self.device.name, self.habit.value, self.count)


class EachShares(Sentence):
    """Let each hostile peer write some versions of a file, one behind the other.

    ``count``: a `Number`. ``path``: a `Text`. Acts at once. It is no message of any device.

    Example:
    | When each hostile peer shares 2 versions of file "plan.txt"
    | Then everybody should have exposed each hostile peer within 10 seconds

    Source: plan P-9.1.4.
    """

    page = "Devices"
    template = 'each hostile peer shares ${count} versions of file "${path}"'
    count: int
    path: Text

    def run(self, world: World) -> None:
        world.of(Hostile).share_each(str(self.path), self.count)


class EachExposed(Outcome):
    """Every device must have said that it has a proof of what each hostile peer does.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    At its end every test is judged for devices that were exposed and did nothing wrong.

    Example:
    | When each hostile peer shares 2 versions of file "plan.txt"
    | Then everybody should have exposed each hostile peer within 10 seconds

    Source: plan P-9.1.4.
    """

    template = "everybody should have exposed each hostile peer within ${duration}"
    check = "liars_exposed"
    duration: Duration

    def limits(self, world: World) -> dict[str, int]:
        world.of(Hostile).require()
        return {}

    def ready(self, world: World) -> bool:
        return all(
            exposed_by(world.history, name) >= world.topology.nodes.keys()
            for name in world.topology.outsiders
        )

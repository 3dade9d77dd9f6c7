"""Sentences about who shares a folder, and who is linked to whom."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Self

from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.shape import chain, mesh, ring, star
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class ShareFolder(Sentence):
    """Start peers that share one fresh folder, each linked to each other, and wait until all are live.

    ``devices``: two or more of the cast, see `Devices`. Each is a process of its own with a folder of its own; each
    link of two has a proxy of its own, so that it can be cut alone. There is no server. This is the first sentence of
    every scenario about files, or one of its sisters with ``in a ring``, ``in a chain``, ``around Bob``.

    Waits at most 60 seconds; fails with ``expected Alice and Bob to be syncing``. Fails at once when the scenario has
    introduced its devices before.

    Example:
    | Given Alice, Bob and Carol share a folder
    | When Alice writes file "plan.txt"
    | Then all folders should be equal within 30 seconds

    Source: plan P-1.1.1.
    """

    page = "Devices"
    template = "${devices} share a folder"
    devices_are = "introduced"
    devices: Devices

    def run(self, world: World) -> None:
        world.topology.meet([device.name for device in self.devices])


class Shape(Enum):
    """Who is linked to whom."""

    MESH = "mesh"
    RING = "ring"
    CHAIN = "chain"

    @classmethod
    def parse(cls, text: str) -> Self:
        """``mesh`` (everybody to everybody), ``ring`` (each to the next, the last to the first), ``chain`` (no ring).

        Fails (ValueError) for any other word.
        """
        try:
            return cls(text.strip().lower())
        except ValueError:
            raise ValueError(f"'{text}' is no shape: write mesh, ring or chain.") from None

    def __str__(self) -> str:
        return self.value


_PAIRS = {Shape.MESH: mesh, Shape.RING: ring, Shape.CHAIN: chain}


class ShareFolderInShape(Sentence):
    """Start peers that share one fresh folder, and are linked to some of the others only.

    ``devices``: in the order of the ring or chain, see `Devices`. ``shape``: a `Shape`, ``ring`` or ``chain``: who is
    not linked to somebody hears of them by way of others.

    Otherwise like `${devices} share a folder`, where each is linked to each other.

    Example:
    | Given Alice, Bob and Carol share a folder in a ring
    | When Alice writes file "plan.txt"

    Source: plan P-1.1.2.
    """

    page = "Devices"
    template = "${devices} share a folder in a ${shape}"
    needs = ("p2p",)
    devices_are = "introduced"
    devices: Devices
    shape: Shape

    def run(self, world: World) -> None:
        names = [device.name for device in self.devices]
        world.topology.meet(names, _PAIRS[self.shape](names))


class ShareFolderInTree(Sentence):
    """Start peers that share one fresh folder, and let them keep few connections: a tree that they find by themselves.

    ``devices``: see `Devices`. ``count``: a `Number`, how many each peer has below it.

    Each could be linked to each other one, as in `${devices} share a folder`: whom it is linked to is the product's.
    The setting is for the peers of this scenario alone.

    Example:
    | Given 12 peers share a folder as a tree with 2 branches
    | When Alice writes file "plan.txt"

    Source: plan P-5.3.1.
    """

    page = "Devices"
    template = "${devices} share a folder as a tree with ${count} branches"
    has_singular = False
    needs = ("p2p", "settings:fanout")
    devices_are = "introduced"
    devices: Devices
    count: int

    def run(self, world: World) -> None:
        if self.count < 1:
            raise InvalidScenario(f"A tree with {self.count} branches reaches nobody: at least 1.")
        world.topology.settings["fanout"] = self.count
        world.topology.meet([device.name for device in self.devices])


class ShareFolderInStar(Sentence):
    """Start peers that share one fresh folder, each linked to one of them only.

    ``devices``: see `Devices`. ``middle``: the `Device` of them to whom all others are linked.

    Otherwise like `${devices} share a folder`. Fails at once when the one in the middle is none of them.

    Example:
    | Given Alice, Bob and Carol share a folder around Bob
    | When Alice writes file "plan.txt"

    Source: plan P-4.1.3.
    """

    page = "Devices"
    template = "${devices} share a folder around ${middle}"
    needs = ("p2p",)
    devices_are = "introduced"
    devices: Devices
    middle: Device

    def run(self, world: World) -> None:
        names = [device.name for device in self.devices]
        if self.middle.name not in names:
            raise InvalidScenario(
                f"{self.middle} cannot be in the middle: name {self.middle} among those who share."
            )
        world.topology.meet(names, star(names, self.middle.name))

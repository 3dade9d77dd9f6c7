"""What users do in their folders without a plan: all kinds of changes, drawn by the run's SEED."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from syncproof.kernel.state import State
from syncproof.workloads.files.state import Files

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class Mixture(State):
    """Changes that are drawn when it is their turn, from what lies in the folder by then.

    Only who made a file renames or deletes it: else two might delete it in the same moment, and one of them could not.
    And nobody does once another has written it: what a rename takes along would be whichever version has arrived when
    it reaches the device, and not the one that was looked at before.
    """

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._made = 0
        #: Path -> who made it, where no other has written it.
        self._owners: dict[str, str] = {}
        self._drawn: dict[str, random.Random] = {}

    def change(self, name: str) -> None:
        """Enqueue a change of a device's folder."""
        self._world.operations.enqueue(
            name, lambda number, op_id: self._draw(name, number, op_id), lambda _: f"{name} changes a file"
        )

    def _draw(self, name: str, number: int, op_id: str) -> None:
        world, files = self._world, self._world.of(Files)
        rng = self._drawn.setdefault(name, random.Random(world.seed_of(name)))
        there = files.named_by(name)
        own = [path for path in there if self._owners.get(path) == name]
        kinds = ["new"] + ["write"] * 2 * bool(there) + ["delete", "rename"] * bool(own)
        match rng.choice(kinds):
            case "write":
                path = rng.choice(there)
                files.do(name, number, op_id, "write", path)
                if path not in own:
                    self._owners.pop(path, None)
            case "delete":
                path = rng.choice(own)
                files.do(name, number, op_id, "delete", path)
                del self._owners[path]
            case "rename":
                path, to = rng.choice(own), self._new(name)
                files.do(name, number, op_id, "rename", path, to=to)
                del self._owners[path]
            case _:
                files.do(name, number, op_id, "write", self._new(name))

    def _new(self, name: str) -> str:
        self._made += 1
        path = f"note {self._made}.txt"
        self._owners[path] = name
        return path

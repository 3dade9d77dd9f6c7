"""What changes cost: readings of every device before and after a load."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from syncproof.kernel.state import State
from syncproof.workloads.files.records import CostMark
from syncproof.workloads.files.state import Files

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: How long a load may take to be everywhere, before the scenario gives up (s).
_PATIENCE_S = 60.0


class Cost(State):
    """Rounds of a scenario in which it is measured what a load costs."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._round = 0

    def measure(self, names: Sequence[str], load: Callable[[Files, str], None]) -> None:
        """Read every device, let each of these have its load, wait until all of it is everywhere, and read again.

        Raises AssertionError where it does not come to that.
        """
        world, files = self._world, self._world.of(Files)
        world.verdicts.at_rest()
        self._round += 1
        self._mark("begin")
        for name in names:
            load(files, name)
        what = f"all devices to have what is measured in round {self._round}"
        world.run_until(what, lambda: files.look_again() and files.all_delivered(), _PATIENCE_S)
        world.verdicts.at_rest()
        self._mark("end")

    def note_names(self) -> None:
        """Put on record what the system calls each device."""
        nodes = self._world.topology.nodes.values()
        self._world.note("identities", names={node.identity: node.name for node in nodes})

    def note_work(self) -> None:
        """Put on record what each device counts."""
        for node in self._world.topology.nodes.values():
            self._world.note("work_counted", device=node.name, counted=node.agent.metrics())

    def _mark(self, edge: Literal["begin", "end"]) -> None:
        world = self._world
        stack = world.test_bed.stack
        for node in world.topology.nodes.values():
            counted = node.agent.metrics()
            used = [link.connections() for link in node.links.values()]
            world.record(
                CostMark(
                    t_ns=world.scheduler.now(),
                    device=node.name,
                    round=self._round,
                    edge=edge,
                    cpu_s=stack.cpu_seconds(node.process),
                    links=None if None in used else sum(1 for count in used if count),
                    counted=counted,
                )
            )

"""What changes cost: readings of every device before and after a load."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

from syncproof.kernel.state import State
from syncproof.workloads.files.records import ChangeAlone, CostMark
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
        self._begin()
        for name in names:
            load(files, name)
        what = f"all devices to have what is measured in round {self._round}"
        world.run_until(what, lambda: files.look_again() and files.all_delivered(), _PATIENCE_S)
        world.verdicts.at_rest()
        self._mark("end")

    def measure_for(self, names: Sequence[str], load: Callable[[Files, str], None], lasts_ns: int) -> None:
        """The same of a load that lasts so long: devices are read as soon as its last change is everywhere.

        Nothing is looked at meanwhile: no more is measured than what the load takes.
        """
        world, files = self._world, self._world.of(Files)
        world.verdicts.at_rest()
        self._begin()
        until = world.scheduler.now() + lasts_ns
        for name in names:
            load(files, name)
        what = f"all devices to have what is measured in round {self._round}"
        patience_s = lasts_ns / 1e9 / world.scale + _PATIENCE_S
        world.run_until(what, lambda: world.scheduler.now() >= until and self._everywhere(), patience_s)
        self._mark("end")

    def time(self, names: Sequence[str], count: int, size: int) -> None:
        """Let users write a file each in turn, so often, each as soon as the one before is everywhere.

        It goes on record how long processes waited for a processor meanwhile. Raises AssertionError where a file does
        not come to all.
        """
        world, files = self._world, self._world.of(Files)
        world.verdicts.at_rest()
        for turn in range(count):
            name = names[turn % len(names)]
            before = self._waited()
            files.write_many(name, 1, size)
            world.run_until(f"all devices to have file {turn + 1} of {name}", self._everywhere, _PATIENCE_S)
            waited = {each: max(0.0, waited - before[each]) for each, waited in self._waited().items()}
            op_id = world.operations.op_id(name, world.operations.author(name).enqueued)
            world.record(ChangeAlone(t_ns=world.scheduler.now(), device=name, op_id=op_id, waited_s=waited))

    def note_names(self) -> None:
        """Put on record what the system calls each device."""
        nodes = self._world.topology.nodes.values()
        self._world.note("identities", names={node.identity: node.name for node in nodes})

    def note_work(self) -> None:
        """Put on record what each device counts."""
        for node in self._world.topology.nodes.values():
            self._world.note("work_counted", device=node.name, counted=node.agent.metrics())

    def _everywhere(self) -> bool:
        world = self._world
        names = world.topology.nodes
        return not (
            world.scheduler.pending or any(world.operations.missing(name, own=True) for name in names)
        )

    def _waited(self) -> dict[str, float]:
        """How long processes have waited for a processor so far."""
        stack, nodes = self._world.test_bed.stack, self._world.topology.nodes.values()
        between = sum(stack.processor_time(program).waited_s for _, program in stack.own_programs())
        return {"": between, **{node.name: stack.processor_time(node.process).waited_s for node in nodes}}

    def _begin(self) -> None:
        self._round += 1
        for node in self._world.topology.nodes.values():
            self._world.test_bed.stack.reset_peak(node.process)
        self._mark("begin")

    def _mark(self, edge: Literal["begin", "end"]) -> None:
        world = self._world
        stack = world.test_bed.stack
        for node in world.topology.nodes.values():
            counted = node.agent.metrics()
            time = stack.processor_time(node.process)
            used = [link.connections() for link in node.links.values()]
            world.record(
                CostMark(
                    t_ns=world.scheduler.now(),
                    device=node.name,
                    round=self._round,
                    edge=edge,
                    cpu_s=time.used_s,
                    waited_s=time.waited_s,
                    links=None if None in used else sum(1 for count in used if count),
                    peak=stack.peak_bytes(node.process),
                    counted=counted,
                )
            )

"""What goes on beside a load: the server's memory is measured, and many connections are told."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from syncproof.kernel.state import State
from syncproof.workloads.tasks.records import TaskWatched
from syncproof.workloads.tasks.surface import Watch

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: How often memory is measured while a load is enqueued.
_TIMES = 32


class Load(State):
    """Measurements of one scenario."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._next_ns, self._pause_ns = 0, 0
        self._read = 0
        self._told: Counter[str] = Counter()

    def measure(self, over_ns: int) -> None:
        """Measure the server's memory from now on to the end, and so often over this time."""
        self._next_ns, self._pause_ns = self._world.scheduler.now(), max(1, over_ns // _TIMES)

    def on_tick(self) -> None:
        """Put the server's memory on record when it is time."""
        world = self._world
        now = world.scheduler.now()
        if self._pause_ns and now >= self._next_ns:
            self._next_ns = now + self._pause_ns
            server = world.topology.server.server
            world.note("server_memory", bytes=world.test_bed.stack.reset_peak(server.process))

    def watch(self, name: str, count: int) -> None:
        """Let a client open so many connections more, each told of all changes by itself."""
        world = self._world
        world.operations.flush()
        world.node(name).agent.ask(Watch(world.topology.group, count))

    def told(self, name: str) -> int:
        """How many changes the further connections of a client were told of, all together."""
        lines = self._world.history.of(TaskWatched)
        for line in lines[self._read :]:
            self._told[line.device] += len(line.op_ids)
        self._read = len(lines)
        return self._told[name]

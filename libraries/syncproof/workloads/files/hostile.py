"""Mallory, who takes part as a peer that does harm."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.files.records import FileAsked, FileState
from syncproof.workloads.files.surface import FileChange, ReadFolder

if TYPE_CHECKING:
    from syncproof.kernel.world import World

MALLORY = "Mallory"


class Hostile(State):
    """What she was asked for; it is no operation of the scenario."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._said = 0

    def join(self, kind: str) -> None:
        """Start her as a client of a kind. Raises InvalidScenario where she takes part already."""
        topology = self._world.topology
        if MALLORY in topology.outsiders or not topology.nodes:
            raise InvalidScenario("Mallory joins once, and behind those who share a folder.")
        topology.take_in_outsider(MALLORY, kind)

    def come(self, kind: str) -> None:
        """Start her as a client of a kind whom nobody knows. Raises InvalidScenario where she takes part already."""
        topology = self._world.topology
        if MALLORY in topology.outsiders or not topology.nodes:
            raise InvalidScenario("Mallory comes once, and behind those who share a folder.")
        topology.let_in_stranger(MALLORY, kind)

    def share(self, path: str, count: int) -> None:
        """Let her write so many versions of a file, now."""
        world = self._world
        self.require()
        world.operations.flush()
        for _ in range(count):
            self._said += 1
            op_id = f"{world.topology.group}/{MALLORY}/{self._said}"
            content = f"{op_id}\n".encode()
            file = FileState(digest=hashlib.sha256(content).hexdigest())
            now = world.scheduler.now()
            world.record(
                FileAsked(t_ns=now, device=MALLORY, op_id=op_id, action="write", path=path, file=file)
            )
            change = FileChange(op_id=op_id, group=world.topology.group, action="write", path=path)
            world.topology.outsiders[MALLORY].agent.ask(change, content)

    def on_rest(self) -> None:
        """Put on record how often she has done what she should not, and what she has got."""
        group = self._world.topology.group
        for name, node in self._world.topology.outsiders.items():
            self._world.note("harm", device=name, times=int(node.agent.metrics().get("harmDone", 0)))
            self._world.note("loot", device=name, files=sorted(node.agent.ask(ReadFolder(group)).files))

    def require(self) -> None:
        """Raises InvalidScenario where she takes no part."""
        if MALLORY not in self._world.topology.outsiders:
            raise InvalidScenario(
                "Mallory takes no part. Say first: 'Mallory joins as a hostile peer who ...'."
            )

"""Mallory, who takes part as a peer that does harm."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from syncproof.kernel.state import State
from syncproof.kernel.trouble import Inconclusive, InvalidScenario
from syncproof.workloads.files.records import FileAsked, FileState
from syncproof.workloads.files.surface import FileChange, ReadFolder

if TYPE_CHECKING:
    from syncproof.kernel.world import World

MALLORY = "Mallory"
#: The kind of client that has a copied disk.
THIEF = "thief"
#: How long she has for what she is to have done before the scenario goes on, seconds.
_TRIED_S = 60.0
#: How often she is asked about it, ns.
_ASK_NS = 200_000_000


class Hostile(State):
    """What she was asked for; it is no operation of the scenario."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._said = 0
        self._disk: Path | None = None

    def join(self, kind: str, *, dials: bool = False) -> None:
        """Start her as a client of a kind. Raises InvalidScenario where she takes part already.

        dials: she connects to the others, and not they to her.
        """
        topology = self._world.topology
        if MALLORY in topology.outsiders or not topology.nodes:
            raise InvalidScenario("Mallory joins once, and behind those who share a folder.")
        topology.take_in_outsider(MALLORY, kind, dials=dials)

    def come(self, kind: str) -> None:
        """Start her as a client of a kind whom nobody knows. Raises InvalidScenario where she takes part already."""
        topology = self._world.topology
        if MALLORY in topology.outsiders or not topology.nodes:
            raise InvalidScenario("Mallory comes once, and behind those who share a folder.")
        disk = self._disk if kind == THIEF else None
        if kind == THIEF and disk is None:
            raise InvalidScenario('Nobody has copied a disk. Say first: "somebody copies Alice\'s disk".')
        topology.let_in_stranger(MALLORY, kind, disk)

    def copy_disk(self, name: str) -> None:
        """Keep what lies on a device's disk now."""
        node, self._disk = self._world.node(name), self._world.test_bed.fresh_directory("copy")
        node.process.suspend()  # a program that writes meanwhile leaves a copy of no moment
        try:
            shutil.copytree(node.directory, self._disk, dirs_exist_ok=True)
        finally:
            node.process.resume()

    def share(self, path: str, count: int) -> None:
        """Let her write so many versions of a file, now."""
        world = self._world
        self.require()
        world.operations.flush()
        self._write(MALLORY, path, count)

    def join_several(self, kind: str, count: int) -> None:
        """Start her, and others like her, `Mallory2` and so on: so many in all. Raises InvalidScenario as `join`."""
        self.join(kind)
        for number in range(2, count + 1):
            self._world.topology.take_in_outsider(f"{MALLORY}{number}", kind)

    def surround(self, name: str, kind: str, count: int) -> None:
        """Start so many with names that come right behind a device's: `Alice 1` and so on.

        Raises InvalidScenario where somebody hostile takes part already.
        """
        topology = self._world.topology
        if topology.outsiders:
            raise InvalidScenario("Hostile peers surround somebody once, and nobody hostile joins before.")
        topology.node(name)
        for number in range(1, count + 1):
            topology.take_in_outsider(f"{name} {number}", kind)

    def share_each(self, path: str, count: int) -> None:
        """Let her and everybody like her write so many versions of a file, now."""
        self.require()
        self._world.operations.flush()
        for name in list(self._world.topology.outsiders):
            self._write(name, path, count)

    def _write(self, name: str, path: str, count: int) -> None:
        world = self._world
        for _ in range(count):
            self._said += 1
            op_id = f"{world.topology.group}/{name}/{self._said}"
            content = f"{op_id}\n".encode()
            file = FileState(digest=hashlib.sha256(content).hexdigest())
            now = world.scheduler.now()
            world.record(FileAsked(t_ns=now, device=name, op_id=op_id, action="write", path=path, file=file))
            change = FileChange(op_id=op_id, group=world.topology.group, action="write", path=path)
            world.topology.outsiders[name].agent.ask(change, content)

    def wait_until_tried(self, count: int) -> None:
        """Wait until she has done so often what she should not; raises Inconclusive where she does not come so far."""
        self.require()
        asked_ns, times = 0, 0

        def often_enough() -> bool:
            nonlocal asked_ns, times
            now = self._world.scheduler.now()
            if now - asked_ns >= _ASK_NS:
                asked_ns, times = now, self._harm_of(MALLORY)
            return times >= count

        if not self._world.wait_patiently(often_enough, _TRIED_S):
            raise Inconclusive(
                f"Inconclusive: {MALLORY} has tried {times} times, and not {count} times, in {_TRIED_S:g} s."
            )

    def _harm_of(self, name: str) -> int:
        return int(self._world.topology.outsiders[name].agent.metrics().get("harmDone", 0))

    def on_rest(self) -> None:
        """Put on record how often she has done what she should not, and what she has got."""
        group = self._world.topology.group
        for name, node in self._world.topology.outsiders.items():
            self._world.note("harm", device=name, times=self._harm_of(name))
            self._world.note("loot", device=name, files=sorted(node.agent.ask(ReadFolder(group)).files))

    def require(self) -> None:
        """Raises InvalidScenario where she takes no part."""
        if MALLORY not in self._world.topology.outsiders:
            raise InvalidScenario(
                "Mallory takes no part. Say first: 'Mallory joins as a hostile peer who ...'."
            )

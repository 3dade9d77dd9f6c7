"""The locks of one scenario: who was asked for which, and what lock files say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from syncproof.kernel.agent import AgentError
from syncproof.kernel.state import State
from syncproof.kernel.trouble import Inconclusive, InvalidScenario
from syncproof.workloads.locks.records import LockAsked, LockFilesSeen
from syncproof.workloads.locks.surface import InFolder, LockChange, ReadLocks, SetLeadership
from syncproof.workloads.locks.times import LEADERSHIP, called, holders

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: How often lock files are looked at while something is waited for, at most (ns).
_LOOK_NS = 100_000_000
_READ_ONLY, _WRITABLE = 0o555, 0o755
#: How long it may take until one of those who want a lock has it.
_HOLDER_S = 30.0


class Locks(State):
    """A lock is wanted from when it is asked for until it is given back."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._wanted: dict[str, list[str]] = {}
        self._done = 0
        self._looked_ns = 0
        #: Device -> path -> who has the lock by what its lock file said when it was last looked at.
        self.shown: dict[str, dict[str, str]] = {}

    def ask(self, name: str, path: str) -> None:
        """Let a device want a lock from now on."""
        self._wanted.setdefault(path, []).append(name)
        self._change(name, path, "lock")

    def give_back(self, name: str, path: str) -> None:
        """Let a device need a lock no more. Raises InvalidScenario where it was not asked to have it."""
        if name not in self._wanted.get(path, ()):
            raise InvalidScenario(
                f'{name} does not want the lock of "{path}": say first \'{name} asks for the lock of "{path}"\'.'
            )
        self._wanted[path].remove(name)
        self._change(name, path, "unlock")

    def stand(self, name: str) -> None:
        """Let a device want to lead from now on."""
        world = self._world
        self._wanted.setdefault(LEADERSHIP, []).append(name)
        world.record(LockAsked(t_ns=world.scheduler.now(), device=name, path=LEADERSHIP, action="lock"))
        world.node(name).agent.ask(SetLeadership(world.topology.group, stands=True))

    def require(self, path: str) -> None:
        """Raises InvalidScenario for a file whose lock nobody was asked to have."""
        if path not in self._wanted:
            raise InvalidScenario(
                f"Nobody wants {called(path)} here. Say first 'Alice asks for the lock of \"plan.txt\"' or "
                "'Alice stands for election'."
            )

    def holder(self, path: str) -> str:
        """Who holds a lock, as soon as somebody does: who was too slow to ask for more has lost it meanwhile."""
        self.require(path)
        world = self._world

        def now() -> list[str]:
            return holders(world.history, path, world.scheduler.now())

        world.run_until(f"one device to have {called(path)}", lambda: len(now()) == 1, _HOLDER_S)
        return now()[0]

    def _change(self, name: str, path: str, action: Literal["lock", "unlock"]) -> None:
        world = self._world
        world.record(LockAsked(t_ns=world.scheduler.now(), device=name, path=path, action=action))
        world.node(name).agent.ask(LockChange(world.topology.group, action, path))

    # -- lock files

    def damage(self, name: str, path: str) -> None:
        """Write over a lock file. Raises InvalidScenario where there is none."""
        world = self._world
        there = world.node(name).agent.ask(ReadLocks(world.topology.group)).locks.get(path)
        if there is None:
            raise InvalidScenario(
                f'{name} has no lock file of "{path}": wait first until somebody has the lock.'
            )
        world.node(name).agent.ask(self._in_folder("write", there.file), b"\x00\xff no lock")
        world.note("lock_file_damaged", device=name, path=path)

    def protect(self, name: str, folder: str, *, read_only: bool) -> None:
        """Let nobody change what lies in a directory of a device's folder, or let them again.

        Raises Inconclusive where the device can write there all the same.
        """
        agent = self._world.node(name).agent
        agent.ask(self._in_folder("mode", folder, _READ_ONLY if read_only else _WRITABLE))
        if read_only:
            try:
                agent.ask(self._in_folder("write", f"{folder}/probe.txt"), b"x")
            except AgentError:
                pass
            else:
                raise Inconclusive(f'Inconclusive: {name} can write in "{folder}" though it is read-only.')
        self._world.note("directory_protected", device=name, path=folder, read_only=read_only)

    def _in_folder(self, action: Literal["write", "mode"], path: str, mode: int | None = None) -> InFolder:
        self._done += 1
        group = self._world.topology.group
        return InFolder(op_id=f"{group}/locks/{self._done}", group=group, action=action, path=path, mode=mode)

    def look(self) -> None:
        """Put on record what the lock files of all say that can be asked."""
        world = self._world
        self.shown = {}
        for node in world.topology.nodes.values():
            if node.presence == "silent":
                continue
            asked_ns = world.scheduler.now()
            found = node.agent.ask(ReadLocks(world.topology.group)).locks
            owners = {path: world.topology.name_of(each.owner) for path, each in found.items()}
            self.shown[node.name] = owners
            world.record(LockFilesSeen(t_ns=asked_ns, device=node.name, owners=owners))

    def look_again(self) -> bool:
        """Look, unless that was just done. Answers whether it did."""
        now = self._world.scheduler.now()
        if now - self._looked_ns < _LOOK_NS:
            return False
        self.look()
        self._looked_ns = self._world.scheduler.now()
        return True

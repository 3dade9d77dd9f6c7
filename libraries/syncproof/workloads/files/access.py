"""Rules of who may read and write which files, and what Mallory has learnt of those that are kept from her."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from syncproof.evidence.in_the_clear import pieces_of
from syncproof.evidence.records import Accept
from syncproof.kernel.agent import Operation
from syncproof.kernel.node import DeviceNode
from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.files.hostile import MALLORY, Hostile
from syncproof.workloads.files.records import FileAsked
from syncproof.workloads.files.state import Files
from syncproof.workloads.files.surface import MakeRule, ReadAuthor, ReadFolder, SetOwner

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: How long it may take until all know of a rule, at scale 1.
_KNOWN_S = 60.0
#: She is asked what is in her folder no more often than that.
_ASK_NS = 200_000_000
#: So much of what a file says is looked for: a database may keep the rest elsewhere.
_LOOKED_FOR = 100


class Access(State):
    """Each rule counts as one of its owner's messages."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._looks = False
        #: Who owns the folder, and under which name; "" for nobody.
        self._owner, self._author = "", ""

    def on_restart(self, name: str) -> None:
        """A device that has lost all is told once more who owns the folder."""
        if self._owner:
            self._world.node(name).agent.ask(SetOwner(self._author))

    def keep_from_mallory(self, owner: str, path: str) -> None:
        """Let the owner say that all devices may read and write what has this path, and nobody else."""
        self._world.of(Hostile).require()
        self._looks = True
        self._rule(owner, path, [*self._world.topology.nodes], read_by_all=False)

    def let_change(self, owner: str, path: str, writers: Sequence[str]) -> None:
        """Let the owner say that these may write what has this path, and all may read it."""
        self._rule(owner, path, writers, read_by_all=True)

    def _rule(self, owner: str, path: str, writers: Sequence[str], *, read_by_all: bool) -> None:
        """Everybody knows it when this ends: what is written before that it is not about."""
        world = self._world
        nodes = world.topology.nodes
        if self._owner not in ("", owner):
            raise InvalidScenario(f"{self._owner} owns the folder: let {self._owner} say who may do what.")

        def send(number: int, op_id: str) -> None:
            self._owner = owner
            self._author = self._author or nodes[owner].agent.ask(ReadAuthor()).author
            for node in (*nodes.values(), *world.topology.outsiders.values()):
                node.agent.ask(SetOwner(self._author))
            named = [nodes[name] for name in writers]
            rule = MakeRule(
                op_id=op_id,
                path=path,
                readers=() if read_by_all else tuple(node.identity for node in named),
                writers=tuple(node.agent.ask(ReadAuthor()).author for node in named),
            )
            group = world.topology.group
            asked = Operation(op_id=op_id, group=group, kind="delete", body="")
            world.operations.invoke(owner, owner, number, group, asked)
            world.operations.author(owner).released += 1
            accepted = nodes[owner].agent.ask(rule)
            now = world.scheduler.now()
            world.record(
                Accept(t_ns=now, device=owner, op_id=op_id, seen=accepted.seen, version=accepted.version)
            )

        op_id = world.operations.enqueue(owner, send, lambda _: f'{owner} makes a rule about "{path}"')
        world.run_until(
            f'everybody to know of the rule about "{path}"',
            lambda: all(op_id in world.history.delivered(name) for name in nodes),
            _KNOWN_S,
        )

    def let_mallory_hear(self) -> None:
        """Wait until she has a file that a device wrote, as long as patience lasts: else her disk shows nothing."""
        node, files = self._world.topology.outsiders[MALLORY], ReadFolder(self._world.topology.group)
        asked_ns = 0

        def has_one() -> bool:
            nonlocal asked_ns
            now = self._world.scheduler.now()
            if now - asked_ns < _ASK_NS:
                return False
            asked_ns = now
            return not {line.path for line in self._theirs()}.isdisjoint(node.agent.ask(files).files)

        self._world.wait_patiently(has_one, _KNOWN_S)

    def _theirs(self) -> list[FileAsked]:
        """What devices wrote: what somebody hostile did, she may know of anyway."""
        devices = self._world.topology.nodes
        return [line for line in self._world.history.of(FileAsked) if line.device in devices]

    def on_rest(self) -> None:
        """Put on record of which files Mallory keeps the name, or what is in them, wherever."""
        if not self._looks:
            return
        node, files = self._world.topology.outsiders[MALLORY], self._world.of(Files)
        pieces = [*_kept_by(node)]
        sought = traces(self._theirs(), files.said)
        found = {
            path for path, each in sought.items() if any(trace in piece for trace in each for piece in pieces)
        }
        self._world.note("learnt", device=MALLORY, paths=sorted(found))


def traces(lines: Iterable[FileAsked], said: Callable[[str], str]) -> dict[str, set[bytes]]:
    """By path of what was written: whoever has one of these has its name, or knows what is in it.

    Its name alone is one where no other file has the same. said: what was written, by its digest.
    """
    lines = list(lines)
    named = Counter(_name(path) for path in {line.path for line in lines})
    found: dict[str, set[bytes]] = {}
    for line in lines:
        traced = found.setdefault(line.path, {line.path.encode()})
        if named[_name(line.path)] == 1:
            traced.add(_name(line.path).encode())
        if line.file is not None:
            digest = line.file.digest
            traced.update((said(digest).encode()[:_LOOKED_FOR], digest.encode(), bytes.fromhex(digest)))
    return found


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _kept_by(node: DeviceNode) -> Iterator[bytes]:
    """All that lies on a device's disk, and what it is called."""
    for path in sorted(node.directory.rglob("*")):
        yield str(path.relative_to(node.directory)).encode()
        if path.is_file():
            yield from pieces_of(path)

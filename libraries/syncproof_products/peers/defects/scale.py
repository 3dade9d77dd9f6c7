"""Bugs by which a folder costs more the more peers, files or changes there are, or more than it has to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from syncproof_defects import breaks
from syncproof_products.peers.agent import connections
from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.agent.folder import Folder
from syncproof_products.peers.agent.packing import Packing
from syncproof_products.peers.agent.store import Store
from syncproof_products.peers.core import node
from syncproof_products.peers.core.actions import Action, Send
from syncproof_products.peers.core.filters import Filter
from syncproof_products.peers.core.gathering import Gathering
from syncproof_products.peers.core.messages import Block, Ops, Part
from syncproof_products.peers.core.model import Change, Content, Op, Vote
from syncproof_products.peers.core.node import Node
from syncproof_products.peers.core.signing import is_genuine


@breaks(connections, "neighbours")
def links_everybody(
    original: Callable[[str, Iterable[str], int], set[str]], me: str, members: Iterable[str], width: int
) -> set[str]:
    """Everybody is linked to everybody, also where peers are to keep to a tree."""
    del original, width
    links_everybody.ran()
    return set(members) - {me}


@breaks(connections, "neighbours")
def links_to_the_next(
    original: Callable[[str, Iterable[str], int], set[str]], me: str, members: Iterable[str], width: int
) -> set[str]:
    """Peers are linked in a chain where they are to keep to a tree."""
    del original, width
    links_to_the_next.ran()
    order = sorted({*members, me})
    at = order.index(me)
    return {*order[max(0, at - 1) : at], *order[at + 1 : at + 2]}


@breaks(Store, "deliver")
def keeps_a_log_for_each_peer(
    original: Callable[[Store, Op, str, int], int], self: Store, op: Op, path: str, t_ns: int
) -> int:
    """An operation is stored once more for each member of the folder."""
    keeps_a_log_for_each_peer.ran()
    n = original(self, op, path, t_ns)
    self._db.execute("CREATE TABLE IF NOT EXISTS logs (peer TEXT, op BLOB)")
    for member in self.members():
        self._db.execute("INSERT INTO logs SELECT ?, op FROM deliveries WHERE n = ?", (member, n))
    return n


@breaks(Node, "announce")
def tells_everybody_everything(original: Callable[[Node], list[Action]], self: Node) -> list[Action]:
    """Who says that it has more sends all that it has along with it."""
    actions = original(self)
    if actions:
        tells_everybody_everything.ran()
        everything = tuple(self._behind({}, self.has))
        actions += [Send(peer, Ops(everything)) for peer in self.others]
    return actions


@breaks(Node, "_take")
def proves_all_for_each_peer(original: Callable[[Node, Op], None], self: Node, op: Op) -> None:
    """With each change the signatures of all changes before it are checked again, once for each member."""
    original(self, op)
    proves_all_for_each_peer.ran()
    for _ in self._members():
        assert all(is_genuine(each) for ops in self.ops.values() for each in ops)


@breaks(Device, "take_in")
def hashes_all_files_with_each_change(
    original: Callable[[Device, Iterable[str] | None, str], None],
    self: Device,
    paths: Iterable[str] | None = None,
    key: str = "",
) -> None:
    """Whoever is asked for a change of one file reads all files of the folder to see what has changed."""
    if paths is not None:
        hashes_all_files_with_each_change.ran()
        for path in list(self.folder.laid):
            if (self.folder.root / path).exists():
                self.folder._read(path)
    original(self, paths, key)


@breaks(Node, "change")
def carries_its_whole_history(
    original: Callable[[Node, Sequence[Change], str, float, Sequence[Vote]], list[Action]],
    self: Node,
    changes: Sequence[Change],
    key: str,
    written: float,
    votes: Sequence[Vote] = (),
) -> list[Action]:
    """A change names all changes of its file that there ever were, and not only those that it replaces."""
    carries_its_whole_history.ran()
    longer = []
    for change in changes:
        before = [op.id for ops in self.ops.values() for op in ops if change.path in op.paths]
        parents = tuple(dict.fromkeys((*change.parents, *before)))
        longer.append(Change(change.path, parents, change.content))
    return original(self, longer, key, written, votes)


@breaks(Node, "_got_block")
def throws_away_each_part_once(
    original: Callable[[Node, str, str, bytes | None], list[Action]],
    self: Node,
    peer: str,
    digest: str,
    data: bytes | None,
) -> list[Action]:
    """A part of a file that comes is thrown away when it comes for the first time."""
    thrown = throws_away_each_part_once.state.setdefault("thrown", set())
    if data is not None and digest not in thrown and digest in self.others[peer].under_way:
        throws_away_each_part_once.ran()
        thrown.add(digest)
        self.others[peer].sent_block(digest)
        self._answers(peer)
        return self._want(peer)
    return original(self, peer, digest, data)


@breaks(Folder, "_read")
def sends_the_whole_file(
    original: Callable[[Folder, str], tuple[Content, os.stat_result]], self: Folder, path: str
) -> tuple[Content, os.stat_result]:
    """A file is one part, however large it is."""
    content, status = original(self, path)
    sends_the_whole_file.ran()
    self._store.keep(content.digest, (self.root / path).read_bytes())
    return replace(content, blocks=(content.digest,)), status


@breaks(Packing, "_pack")
def compresses_nothing(original: Callable[[Packing, str], Block], self: Packing, digest: str) -> Block:
    """Parts of files travel as they are."""
    original(self, digest)
    compresses_nothing.ran()
    return Block(digest, self._read(digest))


@breaks(Packing, "block")
def compresses_for_each_peer(original: Callable[[Packing, str], Block], self: Packing, digest: str) -> Block:
    """A part of a file is compressed anew for each peer that asks for it."""
    if self._kept.pop(digest, None) is not None:
        compresses_for_each_peer.ran()
    return original(self, digest)


@breaks(node, "batches")
def sends_each_operation_alone(
    original: Callable[[Sequence[Op]], Iterator[tuple[Op, ...]]], ops: Sequence[Op]
) -> Iterator[tuple[Op, ...]]:
    """Each operation goes in a message of its own."""
    for batch in original(ops):
        sends_each_operation_alone.ran()
        yield from ((op,) for op in batch)


@breaks(Folder, "_digest")
def hashes_with_each_look(
    original: Callable[[Folder, str, Any], str], self: Folder, path: str, status: Any
) -> str:
    """Whoever looks at the folder has all files hashed again."""
    hashes_with_each_look.ran()
    self._seen.pop(path, None)
    laid = self.laid.pop(path, None)
    try:
        return original(self, path, status)
    finally:
        if laid is not None:
            self.laid[path] = laid


@breaks(Store, "keep")
def keeps_all_parts_in_memory(
    original: Callable[[Store, str, bytes], None], self: Store, digest: str, data: bytes
) -> None:
    """Each part of a file that is stored stays in memory as well."""
    keeps_all_parts_in_memory.ran()
    keeps_all_parts_in_memory.state.setdefault("parts", {})[digest] = bytes(bytearray(data))
    original(self, digest, data)


@breaks(Gathering, "_tell_parts")
def tells_of_whole_files_only(
    original: Callable[[Gathering], Iterator[Part]], self: Gathering
) -> Iterator[Part]:
    """Who has part of a file tells nobody before it has all of it."""
    for _ in original(self):
        tells_of_whole_files_only.ran()
    yield from ()


@breaks(Filter, "__contains__")
def takes_all_for_members(original: Callable[[Filter, str], bool], self: Filter, digest: str) -> bool:
    """Whoever has part of a file is asked for all of it."""
    del original, self, digest
    takes_all_for_members.ran()
    return True

"""Bugs by which a change goes round, or costs more than it has to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from syncproof_defects import breaks
from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.agent.folder import Folder, Found
from syncproof_products.peers.core.actions import Action, Deliver, Send
from syncproof_products.peers.core.asking import Asking
from syncproof_products.peers.core.heads import Head
from syncproof_products.peers.core.messages import Ops
from syncproof_products.peers.core.model import Change
from syncproof_products.peers.core.node import Node
from syncproof_products.peers.core.others import Other


@breaks(Device, "_lay")
def takes_what_it_laid_for_an_edit(
    original: Callable[[Device, Iterable[str]], None], self: Device, paths: Iterable[str]
) -> None:
    """What came from others and was laid into the folder is taken for something that the user wrote."""
    paths = list(paths)
    original(self, paths)
    for path in paths:
        for op, head in list(self.node.heads.get(path, {}).items()):
            if head.content is not None and not op.startswith(f"{self.node.name}/"):
                takes_what_it_laid_for_an_edit.ran()
                self._perform(self.node.change([Change(path, (op,), head.content)], "", 0.0))


@breaks(Node, "_deliver")
def passes_on_what_it_got(original: Callable[[Node], list[Action]], self: Node) -> list[Action]:
    """What came is sent on to every other peer, who may have it already, and to the one from whom it came."""
    actions = original(self)
    delivered = [action.op for action in actions if isinstance(action, Deliver)]
    if delivered:
        passes_on_what_it_got.ran()
        actions += [Send(other, Ops(tuple(delivered))) for other in self.others]
    return actions


@breaks(Asking, "_asked_for")
def asks_everybody_who_has_it(
    original: Callable[[Asking, str, Other], list[tuple[int, int]]], self: Asking, author: str, other: Other
) -> list[tuple[int, int]]:
    """What was asked for is asked of everybody who says that it is there, as often as anybody says so."""
    if original(self, author, other):
        asks_everybody_who_has_it.ran()
    return []


@breaks(Node, "connected")
def takes_its_old_version_for_new(
    original: Callable[[Node, str], list[Action]], self: Node, peer: str
) -> list[Action]:
    """Who connects tells of all its files as if they had just been written."""
    actions = original(self, peer)
    for path, heads in list(self.heads.items()):
        for op, head in list(heads.items()):
            if head.content is not None:
                takes_its_old_version_for_new.ran()
                actions += self.change([Change(path, (op,), head.content)], "", 0.0)
    return actions


@breaks(Device, "_make")
def makes_the_whole_folder_anew(
    original: Callable[[Device, Sequence[Found], str], None], self: Device, found: Sequence[Found], key: str
) -> None:
    """A change of one file sets off a change of each other one."""
    original(self, found, key)
    for path in set(self.node.heads) - {each.path for each in found}:
        for op, head in list(self.node.heads[path].items()):
            if head.content is not None:
                makes_the_whole_folder_anew.ran()
                self._perform(self.node.change([Change(path, (op,), head.content)], "", 0.0))


@breaks(Device, "take_in")
def takes_another_time_for_a_change(
    original: Callable[[Device, Iterable[str] | None, str], None],
    self: Device,
    paths: Iterable[str] | None = None,
    key: str = "",
) -> None:
    """That a file was written again as it was counts as a new version."""
    before = dict(self.folder.laid)
    original(self, paths, key)
    for path, laid in list(self.folder.laid.items()):
        was = before.get(path)
        head = self.node.heads.get(laid.source, {}).get(laid.op)
        if was is not None and head is not None and was.op == laid.op and was.mtime_ns != laid.mtime_ns:
            takes_another_time_for_a_change.ran()
            self._perform(self.node.change([Change(laid.source, (laid.op,), head.content)], "", 0.0))


@breaks(Device, "take_in")
def tells_again_and_again(
    original: Callable[[Device, Iterable[str] | None, str], None],
    self: Device,
    paths: Iterable[str] | None = None,
    key: str = "",
) -> None:
    """With each look at its folder a peer tells all others what it has, also when that has not grown."""
    original(self, paths, key)
    if paths is None and self.node.others:
        tells_again_and_again.ran()
        self.node._grown = True
        self._announce()


@breaks(Folder, "lay")
def lays_each_path_once(
    original: Callable[[Folder, str, Mapping[str, Head]], list[str]],
    self: Folder,
    source: str,
    heads: Mapping[str, Head],
) -> list[str]:
    """A file that lies in the folder is not laid again when a newer version comes."""
    if source in heads and source in self.laid:
        lays_each_path_once.ran()
        return []
    return original(self, source, heads)

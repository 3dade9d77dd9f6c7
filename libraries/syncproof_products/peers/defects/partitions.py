"""Bugs by which something is lost, or comes back, when peers meet again."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from websockets.exceptions import InvalidStatus, WebSocketException

from syncproof_defects import breaks
from syncproof_products.peers.agent import device
from syncproof_products.peers.agent.connections import Connections, Lost
from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.agent.folder import Folder, Found
from syncproof_products.peers.core import undoing
from syncproof_products.peers.core.actions import Action, Send
from syncproof_products.peers.core.heads import Head
from syncproof_products.peers.core.lists import names_of
from syncproof_products.peers.core.messages import Have, Part
from syncproof_products.peers.core.model import Change, Clock, Content, Op, device_of
from syncproof_products.peers.core.node import Node
from syncproof_synckit.retry import RetryTracker


@breaks(Node, "connected")
def greets_once(original: Callable[[Node, str], list[Action]], self: Node, peer: str) -> list[Action]:
    """Who was met before is not told again what there is."""
    met = greets_once.state.setdefault(id(self), set())
    actions = original(self, peer)
    if peer in met:
        greets_once.ran()
        actions = [
            action
            for action in actions
            if not (isinstance(action, Send) and isinstance(action.message, Have))
        ]
    met.add(peer)
    return actions


@breaks(Node, "announce")
def tells_of_its_own_only(original: Callable[[Node], list[Action]], self: Node) -> list[Action]:
    """A peer tells others of what it has written itself, and not of what it got."""
    found: list[Action] = []
    for action in original(self):
        if isinstance(action, Send) and isinstance(action.message, Have):
            tells_of_its_own_only.ran()
            own = {
                name: seq
                for name, seq in action.message.has.items()
                if name == self.name or device_of(name) == action.to
            }
            action = Send(action.to, Have(own, action.message.tips))
        elif isinstance(action, Send) and isinstance(action.message, Part):
            tells_of_its_own_only.ran()
            continue  # what it has in part is never its own
        found.append(action)
    return found


@breaks(Connections, "_dial")
async def dials_once(_: Callable[[Connections, str], Any], self: Connections, peer: str) -> None:
    """A connection that was lost is not made again."""
    made = dials_once.state.setdefault("made", set())
    while (id(self._retries), peer) not in made:
        await self._may_talk.wait()
        reason = "the connection ended"
        try:
            await self._session(peer)
        except (Lost, OSError, WebSocketException, TimeoutError) as wrong:
            reason = str(wrong)
        if (id(self._retries), peer) not in made:
            await self._retries.back_off("connect", reason, key=peer, about=peer)
    dials_once.ran()


@dials_once.breaks(RetryTracker, "succeeded")
def _it_was_made(original: Callable[[RetryTracker, str], Any], self: RetryTracker, key: str) -> Any:
    dials_once.state.setdefault("made", set()).add((id(self), key))
    return original(self, key)


@breaks(Device, "_perform")
def shows_files_while_they_come(
    original: Callable[[Device, Sequence[Action]], None], self: Device, actions: Sequence[Action]
) -> None:
    """A file that is still coming lies in the folder already, as far as it has come."""
    original(self, actions)
    begun = shows_files_while_they_come.state.setdefault("begun", {})
    for waiting in self.node._waiting.values():
        for change in (change for op in waiting.values() for change in op.changes):
            here = (
                [each for each in change.content.blocks if each in self.node.blocks] if change.content else []
            )
            if here and len(here) != begun.get(change.path) and change.path not in self.folder.laid:
                shows_files_while_they_come.ran()
                begun[change.path] = len(here)
                target = self.folder.root / change.path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(b"".join(self.store.block(each) for each in here))


@shows_files_while_they_come.breaks(Folder, "changes")
def _but_the_parts(
    original: Callable[..., list[Found]], self: Folder, paths: Iterable[str] | None = None
) -> list[Found]:
    begun = shows_files_while_they_come.state.get("begun", {})
    return [each for each in original(self, paths) if each.op or each.path not in begun]


@shows_files_while_they_come.breaks(Folder, "_is_ours")
def _parts_are_ours(original: Callable[..., bool], self: Folder, path: str, *rest: Any) -> bool:
    return path in shows_files_while_they_come.state.get("begun", {}) or original(self, path, *rest)


@breaks(Node, "disconnected")
def throws_away_what_has_come(
    original: Callable[[Node, str], list[Action]], self: Node, peer: str
) -> list[Action]:
    """The parts of a file that came before a connection was lost have to come again."""
    for waiting in self._waiting.values():
        for op in waiting.values():
            parts = [each for each in names_of(op) if each in self.blocks]
            if parts:
                throws_away_what_has_come.ran()
                self.blocks.difference_update(parts)
                self._lacking[op.id] = dict.fromkeys(names_of(op))
    return original(self, peer)


@breaks(Node, "disconnected")
def gives_up_what_was_under_way(
    original: Callable[[Node, str], list[Action]], self: Node, peer: str
) -> list[Action]:
    """A block that was under way is given up: nobody else is asked for it."""
    gone = self.others.get(peer)
    for lacking in self._lacking.values() if gone and gone.under_way else ():
        gives_up_what_was_under_way.ran()
        for digest in gone.under_way if gone else ():
            lacking.pop(digest, None)
    return original(self, peer)


@breaks(device, "alike")
def builds_on_one_of_two(
    original: Callable[[str, Mapping[str, Head]], tuple[str, ...]], op: str, heads: Mapping[str, Head]
) -> tuple[str, ...]:
    """Of versions that say the same a change replaces one, and the other one comes to light."""
    if len(original(op, heads)) > 1:
        builds_on_one_of_two.ran()
    return (op,)


@breaks(device, "layout")
def lets_a_file_be_in_the_way(
    original: Callable[..., dict[str, Head]], path: str, heads: Iterable[Head], taken: Any, folders: Any
) -> dict[str, Head]:
    """A file that is called like a directory keeps its name: what comes second cannot be laid."""
    if path in folders:
        lets_a_file_be_in_the_way.ran()
    return original(path, heads, taken)


@breaks(device, "layout")
def keeps_one_version(
    original: Callable[..., dict[str, Head]], path: str, heads: Iterable[Head], *rest: Any
) -> dict[str, Head]:
    """Of versions that know nothing of each other one is kept."""
    found = original(path, heads, *rest)
    if len(found) > 1:
        keeps_one_version.ran()
    return {each: head for each, head in found.items() if each == path}


@breaks(Node, "_take")
def settles_conflicts_by_writing(original: Callable[[Node, Op], None], self: Node, op: Op) -> None:
    """Who sees two versions writes a third one that replaces both; so does everybody, and again."""
    original(self, op)
    if op.author != self.name:
        for change in op.changes:
            living = [head for head in self.heads[change.path].values() if head.content is not None]
            if len(living) > 1:
                settles_conflicts_by_writing.state.setdefault(self.name, []).append(
                    Change(change.path, tuple(self.heads[change.path]), living[0].content)
                )


@settles_conflicts_by_writing.breaks(Device, "_perform")
def _and_writes(
    original: Callable[[Device, Sequence[Action]], None], self: Device, actions: Sequence[Action]
) -> None:
    original(self, actions)
    todo = settles_conflicts_by_writing.state.pop(self.node.name, [])
    for change in {each.path: each for each in todo}.values():
        settles_conflicts_by_writing.ran()
        self._perform(self.node.change([change], "", 0.0))


@breaks(Node, "_take")
def lets_the_larger_part_win(original: Callable[[Node, Op], None], self: Node, op: Op) -> None:
    """Of versions from both sides of a partition only that of the side which wrote more is kept."""
    original(self, op)
    for change in op.changes:
        heads = self.heads[change.path]
        if len(heads) > 1:
            lets_the_larger_part_win.ran()
            most = max(heads.values(), key=lambda head: head.rank)
            self.heads[change.path] = {most.op: most}


@breaks(Node, "connected")
def brings_back_what_was_deleted(
    original: Callable[[Node, str], list[Action]], self: Node, peer: str
) -> list[Action]:
    """Who comes back takes for new what it has and others have deleted."""
    actions = original(self, peer)
    kept: dict[str, Content] = {}
    for ops in self.ops.values():
        for op in ops:
            kept.update({each.path: each.content for each in op.changes if each.content is not None})
    for path, heads in list(self.heads.items()):
        if path in kept and all(head.content is None for head in heads.values()):
            brings_back_what_was_deleted.ran()
            actions += self.change([Change(path, tuple(heads), kept[path])], "", 0.0)
    return actions


@breaks(Node, "_take")
def deletes_whatever_is_there(original: Callable[[Node, Op], None], self: Node, op: Op) -> None:
    """A deletion takes away every version, also those that its author did not know."""
    for change in op.changes:
        if change.content is None and set(self.heads.get(change.path, {})) - set(change.parents):
            deletes_whatever_is_there.ran()
            self.heads[change.path] = {}
    original(self, op)


@breaks(Device, "_make")
def ignores_what_is_done_to_copies(
    original: Callable[[Device, Sequence[Found], str], None], self: Device, found: Sequence[Found], key: str
) -> None:
    """That a user deletes the version beside a file says nothing to others, and it comes back."""
    copies = [each for each in found if each.source and each.source != each.path and each.content is None]
    if copies:
        ignores_what_is_done_to_copies.ran()
        for each in copies:
            self.folder.adopt(each, each.op)
        self._lay([each.source for each in copies])
    original(self, [each for each in found if each not in copies], key)


@breaks(Node, "_behind")
def leaves_deletions_out(
    original: Callable[[Node, Clock, Clock], list[Op]], self: Node, after: Clock, upto: Clock
) -> list[Op]:
    """Who comes back is told of files, and not of deletions."""
    found = original(self, after, upto)
    told = [op for op in found if any(change.content is not None for change in op.changes)]
    if told != found:
        leaves_deletions_out.ran()
    return told


@breaks(Node, "_behind")
def sends_all_from_the_start(
    original: Callable[[Node, Clock, Clock], list[Op]], self: Node, after: Clock, upto: Clock
) -> list[Op]:
    """Who asks for what is new gets everything."""
    if any(after.values()):
        sends_all_from_the_start.ran()
    return original(self, {}, upto)


@breaks(Device, "_announce")
def waits_until_all_are_there(original: Callable[[Device], None], self: Device) -> None:
    """Who cannot reach one of the others tells nobody anything."""
    if self.connections.missing:
        waits_until_all_are_there.ran()
        self._saying = None
        return
    original(self)


@breaks(Connections, "_session")
async def takes_a_refusal_for_an_end(
    original: Callable[[Connections, str], Any], self: Connections, peer: str
) -> None:
    """Who was refused at a port that answers does not come back to it."""
    try:
        await original(self, peer)
    except (InvalidStatus, ssl.SSLError):
        takes_a_refusal_for_an_end.ran()
        await asyncio.Event().wait()


@breaks(undoing, "shown_before")
def undoes_by_deleting(
    original: Callable[[Change, Iterable[Op]], Content | None], change: Change, ops: Iterable[Op]
) -> Content | None:
    """What was there before a change that is undone does not come back."""
    if original(change, ops) is not None:
        undoes_by_deleting.ran()
    return None


@breaks(Device, "_undoing")
def undoes_for_all(original: Callable[[Device, Op], list[Change]], self: Device, op: Op) -> list[Change]:
    """When one of two versions is undone, what was before both comes back in the place of both."""
    found: list[Change] = []
    for change in original(self, op):
        heads = self.node.heads[change.path]
        if len(heads) > 1:
            undoes_for_all.ran()
            ops = [each for found in self.node.ops.values() for each in found]
            before = undoing.shown_before(next(each for each in op.changes if each.path == change.path), ops)
            change = Change(change.path, tuple(heads), before)
        found.append(change)
    return found

"""Bugs by which changes take effect in the wrong order, or by a clock."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

from syncproof_defects import breaks
from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.core.actions import Action
from syncproof_products.peers.core.asking import Asking
from syncproof_products.peers.core.gathering import Gathering
from syncproof_products.peers.core.heads import Head
from syncproof_products.peers.core.lists import names_of
from syncproof_products.peers.core.messages import Message, Ops, Part, Want
from syncproof_products.peers.core.model import Change, Clock, Op, Vote
from syncproof_products.peers.core.node import Node
from syncproof_products.peers.core.others import Other
from syncproof_products.peers.core.proofs import Proof


@breaks(Node, "change")
def forgets_what_an_edit_builds_on(
    original: Callable[..., list[Action]],
    self: Node,
    changes: Sequence[Change],
    key: str,
    written: float,
    votes: Sequence[Vote] = (),
) -> list[Action]:
    """A new version does not say which one it replaces."""
    if any(change.parents for change in changes):
        forgets_what_an_edit_builds_on.ran()
    return original(self, [Change(each.path, (), each.content) for each in changes], key, written, votes)


@breaks(Node, "_take")
def believes_the_later_clock(original: Callable[[Node, Op], None], self: Node, op: Op) -> None:
    """Of two versions the one with the later time stays, also where the other one builds on it."""
    written = believes_the_later_clock.state.setdefault(id(self), {})
    later = [change for change in op.changes if written.get(change.path, 0.0) > op.written]
    if not later:
        written.update({change.path: op.written for change in op.changes})
        original(self, op)
        return
    believes_the_later_clock.ran()
    before = {change.path: dict(self.heads.get(change.path, {})) for change in later}
    original(self, op)
    self.heads.update(before)


@breaks(Node, "_is_due")
def does_not_wait_for_causes(original: Callable[[Node, Op], bool], self: Node, op: Op) -> bool:
    """An operation is delivered as soon as its files are there, whatever its author had seen before."""
    if not original(self, op) and self.blocks.issuperset(names_of(op)):
        does_not_wait_for_causes.ran()
        return True
    return original(self, op)


@breaks(Node, "_take")
def shows_what_came_last(original: Callable[[Node, Op], None], self: Node, op: Op) -> None:
    """Of versions that know nothing of each other the one that came last is shown: another one on each peer."""
    original(self, op)
    for change in op.changes:
        heads = self.heads[change.path]
        if len(heads) > 1:
            shows_what_came_last.ran()
            heads[op.id] = Head(op.id, max(head.depth for head in heads.values()) + 1, change.content)


@breaks(Node, "received")
def serves_nobody_while_it_waits(
    original: Callable[[Node, str, Message], list[Action]], self: Node, peer: str, message: Message
) -> list[Action]:
    """Who waits for blocks of others hands out none."""
    if isinstance(message, Want) and self.asking:
        serves_nobody_while_it_waits.ran()
        return []
    return original(self, peer, message)


@breaks(Node, "restore")
def hands_out_what_came_since_it_started(
    original: Callable[[Node, Iterable[Op], Iterable[str], int, Iterable[Proof]], None],
    self: Node,
    ops: Iterable[Op],
    blocks: Iterable[str],
    known: int,
    proofs: Iterable[Proof] = (),
) -> None:
    """What a peer had before it was started again it tells nobody who asks for it."""
    original(self, ops, blocks, known, proofs)
    hands_out_what_came_since_it_started.state[id(self)] = dict(self.has)


@hands_out_what_came_since_it_started.breaks(Node, "_behind")
def _and_no_more(
    original: Callable[[Node, Clock, Clock], list[Op]], self: Node, after: Clock, upto: Clock
) -> list[Op]:
    had = hands_out_what_came_since_it_started.state.get(id(self), {})
    found = original(self, after, upto)
    told = [op for op in found if op.seq > had.get(op.author, 0)]
    if told != found:
        hands_out_what_came_since_it_started.ran()
    return told


@breaks(Node, "_behind")
def hands_out_its_own_only(
    original: Callable[[Node, Clock, Clock], list[Op]], self: Node, after: Clock, upto: Clock
) -> list[Op]:
    """Who asks for what a third one wrote is told of what this peer wrote itself only."""
    found = original(self, after, upto)
    told = [op for op in found if op.author == self.name]
    if told != found:
        hands_out_its_own_only.ran()
    return told


@hands_out_its_own_only.breaks(Gathering, "_tell_parts")
def _nor_in_parts(original: Callable[[Gathering], Iterator[Part]], self: Gathering) -> Iterator[Part]:
    for _ in original(self):
        hands_out_its_own_only.ran()
    yield from ()


@breaks(Device, "_draw_secret")
def keeps_its_name_when_it_has_lost_all(_: Callable[[Device], str], self: Device) -> str:
    """A device that begins with nothing counts its operations from 1 again, under the name that it always had."""
    keeps_its_name_when_it_has_lost_all.ran()
    return hashlib.sha256(self.name.encode()).hexdigest()


@breaks(Device, "received")
def takes_what_it_had_for_new(
    original: Callable[[Device, str, Message, int], bool],
    self: Device,
    peer: str,
    message: Message,
    size: int,
) -> bool:
    """An operation that a peer has had for long takes effect once more when it comes again."""
    had = dict(self.node.has)
    asked = original(self, peer, message, size)
    for op in message.ops if isinstance(message, Ops) else ():
        if op.seq <= had.get(op.author, 0):
            takes_what_it_had_for_new.ran()
            for change in op.changes:
                self.node.heads[change.path] = {op.id: Head(op.id, op.depth, change.content)}
                self._lay([change.path])
    return asked


@breaks(Asking, "_from")
def fetches_one_after_the_other(
    original: Callable[[Asking, Other, Container[str]], Iterator[tuple[Op, str]]],
    self: Asking,
    other: Other,
    under_way: Container[str],
) -> Iterator[tuple[Op, str]]:
    """The blocks of an operation are asked for when all those of the one that came before it are."""
    found = list(original(self, other, under_way))
    if len(found) > 1:
        fetches_one_after_the_other.ran()
    return iter(found[:1])


@breaks(Node, "_compare")
def believes_that_all_hear_the_same(
    original: Callable[[Node, str, Clock, Mapping[str, str]], list[Action]],
    self: Node,
    peer: str,
    has: Clock,
    tips: Mapping[str, str],
) -> list[Action]:
    """Peers count what they have of an author, and do not look whether it is the same."""
    if original(self, peer, has, tips):
        believes_that_all_hear_the_same.ran()
    return []

"""Bugs that show when more is demanded of peers: to be back soon, to see through several liars, to fail seldom."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterable
from typing import Any

from syncproof_defects import breaks
from syncproof_products.peers.agent import device
from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.core.actions import Action
from syncproof_products.peers.core.beside import beside
from syncproof_products.peers.core.heads import Head
from syncproof_products.peers.core.messages import Message
from syncproof_products.peers.core.model import Op
from syncproof_products.peers.core.node import Node
from syncproof_products.peers.core.proofs import Proof, author_of
from syncproof_synckit.retry import Retry, RetryTracker


@breaks(Node, "_is_due")
def never_delivers_the_thirtieth(original: Callable[[Node, Op], bool], self: Node, op: Op) -> bool:
    """The thirtieth operation of another one is never delivered, nor is what comes behind it."""
    if op.seq % 30:
        return original(self, op)
    never_delivers_the_thirtieth.ran()
    return False


@breaks(Device, "received")
def drops_one_message_of_many(
    original: Callable[[Device, str, Message, int], bool],
    self: Device,
    peer: str,
    message: Message,
    size: int,
) -> bool:
    """One of five hundred messages is read and forgotten; whoever waits for an answer asks again."""
    number = drops_one_message_of_many.state["number"] = drops_one_message_of_many.state.get("number", 0) + 1
    if number % 500:
        return original(self, peer, message, size)
    drops_one_message_of_many.ran()
    return True


@breaks(device, "layout")
def lays_twins_beside_each_other(
    original: Callable[..., dict[str, Head]], path: str, heads: Iterable[Head], *rest: Any
) -> dict[str, Head]:
    """Of one path in a hundred, versions that say the same lie beside each other, as if somebody had to choose."""
    heads = list(heads)
    found = original(path, heads, *rest)
    if zlib.crc32(path.encode()) % 100:
        return found
    for head in heads:
        if head.content is not None and head not in found.values():
            lays_twins_beside_each_other.ran()
            found[beside(path, head.op, *rest)] = head
    return found


@breaks(RetryTracker, "failed")
def rests_for_a_minute(
    original: Callable[..., Retry], self: RetryTracker, key: str, now: float, rng: random.Random, **how: Any
) -> Retry:
    """A peer that was reached before is dialled again most of a minute after it was lost."""
    if key in rests_for_a_minute.state.get(id(self), ()):
        rests_for_a_minute.ran()
        how["at_least"] = 50.0
    return original(self, key, now, rng, **how)


@rests_for_a_minute.breaks(RetryTracker, "succeeded")
def _it_was_reached(original: Callable[[RetryTracker, str], Any], self: RetryTracker, key: str) -> Any:
    rests_for_a_minute.state.setdefault(id(self), set()).add(key)
    return original(self, key)


@breaks(Node, "_expose")
def believes_the_second_liar(
    original: Callable[[Node, Proof], list[Action]], self: Node, proof: Proof
) -> list[Action]:
    """Who has a proof against one peer looks at no proof against another."""
    if self.exposed and author_of(proof) not in self.exposed:
        believes_the_second_liar.ran()
        return []
    return original(self, proof)

"""Bugs that show when more is demanded of peers: to be back soon, to see through several liars."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from syncproof_defects import breaks
from syncproof_products.peers.core.actions import Action
from syncproof_products.peers.core.model import Op
from syncproof_products.peers.core.node import Node
from syncproof_products.peers.core.proofs import Proof, author_of
from syncproof_synckit.retry import Retry, RetryTracker


@breaks(Node, "_is_due")
def never_delivers_the_hundredth(original: Callable[[Node, Op], bool], self: Node, op: Op) -> bool:
    """The hundredth operation of another one is never delivered, nor is what comes behind it."""
    if op.seq % 100:
        return original(self, op)
    never_delivers_the_hundredth.ran()
    return False


@breaks(RetryTracker, "failed")
def rests_for_a_minute(
    original: Callable[..., Retry], self: RetryTracker, key: str, now: float, rng: random.Random, **how: Any
) -> Retry:
    """A peer that was reached before is dialled again more than a minute after it was lost."""
    if key in rests_for_a_minute.state.get(id(self), ()):
        rests_for_a_minute.ran()
        how["at_least"] = 68.0
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

"""Bugs that only a peer which does harm makes use of."""

from __future__ import annotations

from collections.abc import Callable

from syncproof_defects import breaks
from syncproof_products.peers.core.actions import Action
from syncproof_products.peers.core.node import Node
from syncproof_products.peers.core.proofs import Proof


@breaks(Node, "_expose")
def keeps_what_a_liar_said_before(
    original: Callable[[Node, Proof], list[Action]], self: Node, proof: Proof
) -> list[Action]:
    """When an author is exposed, nothing more of it is taken; what had come of it stays as it is."""
    before = {path: dict(heads) for path, heads in self.heads.items()}
    actions = original(self, proof)
    if self.heads != before:
        keeps_what_a_liar_said_before.ran()
        self.heads.update(before)
    return actions

"""The disk of a peer in a simulation: what survives a kill."""

from __future__ import annotations

from collections.abc import Iterable

from syncproof_products.peers.core.actions import Action, Deliver, Expose, Keep, Known
from syncproof_products.peers.core.contents import Damaged
from syncproof_products.peers.core.model import Op
from syncproof_products.peers.core.proofs import Proof
from syncproof_products.peers.core.reputation import Standing


class Disk:
    """ops: in the order in which they were delivered. Others as in `agent.store`."""

    def __init__(self) -> None:
        self.ops: list[Op] = []
        self.blocks: dict[str, bytes] = {}
        self.proofs: list[Proof] = []
        self.standings: dict[str, Standing] = {}
        self.known = 0

    def commit(self, actions: Iterable[Action]) -> None:
        """Store what has to be stored before anybody is told, all at once."""
        for action in actions:
            match action:
                case Keep(digest, data):
                    self.blocks[digest] = data
                case Deliver(op):
                    self.ops.append(op)
                case Known(seq):
                    self.known = seq
                case Expose(proof):
                    self.proofs.append(proof)
                case _:
                    pass

    def block(self, digest: str) -> bytes:
        """A block that is stored. Raises Damaged for one that is not."""
        try:
            return self.blocks[digest]
        except KeyError:
            raise Damaged(digest) from None

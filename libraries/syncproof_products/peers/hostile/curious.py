"""A peer that asks everybody for what it may not read."""

from __future__ import annotations

from syncproof_products.peers.core.actions import Action
from syncproof_products.peers.core.model import Op
from syncproof_products.peers.hostile.habit import Habit, program


class Curious(Habit):
    """What it is told without a name and without a content it asks each of the others for, and keeps what it gets."""

    def _reads(self, op: Op) -> bool:
        self.harm += not super()._reads(op)
        return True

    def _withheld(self, peer: str, op: Op) -> list[Action]:
        self.others[peer].veiled.setdefault(op.author, op.seq)
        return []


PROGRAM = program(__name__, "Run a peer that asks for what it may not read.", Curious)
run = PROGRAM.run

"""A peer that says again what was said before."""

from __future__ import annotations

from collections.abc import Sequence

from syncproof_products.peers.core.actions import Action, Send
from syncproof_products.peers.core.messages import Ops
from syncproof_products.peers.core.model import Change, Vote
from syncproof_products.peers.hostile.habit import Habit, program


class Replaying(Habit):
    """Whenever it changes something it says again all that anybody has written, the last first, to everybody."""

    def change(
        self, changes: Sequence[Change], key: str, written: float, votes: Sequence[Vote] = ()
    ) -> list[Action]:
        """As a peer does, behind what was before."""
        before = [op for ops in self.ops.values() for op in ops]
        before.sort(key=lambda op: op.depth, reverse=True)
        again = [Send(peer, Ops((op,))) for peer in self.others for op in before]
        self.harm += len(again)
        return [*super().change(changes, key, written, votes), *again]


PROGRAM = program(__name__, "Run a peer that says again what was said before.", Replaying)
run = PROGRAM.run

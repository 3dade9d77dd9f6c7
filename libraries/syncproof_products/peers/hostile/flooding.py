"""A peer that says the same to all others a thousand times."""

from __future__ import annotations

from collections.abc import Sequence

from syncproof_products.peers.core.actions import Action, Send
from syncproof_products.peers.core.model import Change, Vote
from syncproof_products.peers.hostile.habit import Habit, program

_TIMES = 1000


class Flooding(Habit):
    """Whenever it changes something."""

    def change(
        self, changes: Sequence[Change], key: str, written: float, votes: Sequence[Vote] = ()
    ) -> list[Action]:
        """As a peer does; and then it does not stop saying so."""
        actions = super().change(changes, key, written, votes)
        flood = [Send(peer, have) for peer in self.others for have in self.have()] * _TIMES
        self.harm += len(flood)
        return [*actions, *flood]


PROGRAM = program(__name__, "Run a peer that floods the others with messages.", Flooding)
run = PROGRAM.run

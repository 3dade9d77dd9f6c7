"""A peer that asks the others for blocks whose names it guesses: whoever has one has told it what is in a file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from syncproof_products.peers.core.actions import Action, Send
from syncproof_products.peers.core.messages import Want
from syncproof_products.peers.core.model import Change, Vote
from syncproof_products.peers.hostile.habit import Habit, program

_TIMES = 100


class Prying(Habit):
    """Whenever it changes something."""

    def change(
        self, changes: Sequence[Change], key: str, written: float, votes: Sequence[Vote] = ()
    ) -> list[Action]:
        """As a peer does; and then it begins to guess."""
        actions = super().change(changes, key, written, votes)
        guessed = [hashlib.sha256(f"{written} {n}".encode()).hexdigest() for n in range(_TIMES)]
        asked = [Send(peer, Want(digest)) for peer in self.others for digest in guessed]
        self.harm += len(asked)
        return [*actions, *asked]


PROGRAM = program(__name__, "Run a peer that asks for what nobody has told it of.", Prying)
run = PROGRAM.run

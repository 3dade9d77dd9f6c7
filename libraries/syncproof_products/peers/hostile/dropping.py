"""A peer that says what it has, and gives nobody anything."""

from __future__ import annotations

from syncproof_products.peers.core.actions import Action
from syncproof_products.peers.core.messages import Message, Pull, Want
from syncproof_products.peers.hostile.habit import Habit, program


class Dropping(Habit):
    """Whoever asks it for something gets no answer."""

    def received(self, peer: str, message: Message) -> list[Action]:
        """As a peer does, but for what it is asked for."""
        if isinstance(message, (Pull, Want)):
            self.harm += 1
            return []
        return super().received(peer, message)


PROGRAM = program(__name__, "Run a peer that drops what others ask for.", Dropping)
run = PROGRAM.run

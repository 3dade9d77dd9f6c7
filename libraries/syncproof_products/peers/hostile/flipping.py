"""A peer whose memory flips a bit now and then."""

from __future__ import annotations

from syncproof_products.peers.core.actions import Action, Send
from syncproof_products.peers.core.messages import Block, Message, Want
from syncproof_products.peers.hostile.decaying import flipped
from syncproof_products.peers.hostile.habit import Habit, program


class Flipping(Habit):
    """Every other block that it sends is damaged."""

    #: One of so many blocks is.
    every = 2

    def __init__(self, *parts: object) -> None:
        super().__init__(*parts)
        self._sent = 0

    def received(self, peer: str, message: Message) -> list[Action]:
        """As a peer answers, but for these blocks."""
        if isinstance(message, Want) and message.digest in self.blocks:
            self._sent += 1
            if self._sent % self.every == 0:
                self.harm += 1
                return [Send(peer, Block(message.digest, flipped(self._stored(message.digest))))]
        return super().received(peer, message)


PROGRAM = program(__name__, "Run a peer whose memory flips bits.", Flipping)
run = PROGRAM.run

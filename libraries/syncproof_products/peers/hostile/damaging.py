"""A peer that sends other bytes than those that it is asked for."""

from __future__ import annotations

from syncproof_products.peers.core.actions import Action, Send
from syncproof_products.peers.core.messages import Block, Message, Want
from syncproof_products.peers.hostile.habit import Habit, program


class Damaging(Habit):
    """Whoever asks for a block gets one that is damaged."""

    def received(self, peer: str, message: Message) -> list[Action]:
        """As a peer answers, but for blocks."""
        if isinstance(message, Want) and message.digest in self.blocks:
            self.harm += 1
            return [Send(peer, Block(message.digest, b"damaged"))]
        return super().received(peer, message)


PROGRAM = program(__name__, "Run a peer that sends damaged blocks.", Damaging)
run = PROGRAM.run

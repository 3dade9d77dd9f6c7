"""A peer that votes on the same versions again and again."""

from __future__ import annotations

from syncproof_products.peers.core.actions import Action
from syncproof_products.peers.core.messages import Message
from syncproof_products.peers.core.model import Vote
from syncproof_products.peers.hostile.habit import Habit, program

_TIMES = 5


class Stuffing(Habit):
    """Whenever a file has come to have several versions it is five times for the one that is not shown."""

    def received(self, peer: str, message: Message) -> list[Action]:
        """As a peer does; and then it votes."""
        actions = super().received(peer, message)
        for path, heads in list(self.heads.items()):
            living = sorted((head for head in heads.values() if head.content), key=lambda each: each.rank)
            if len(living) < 2 or path in self.voted:
                continue
            vote = Vote(path, living[0].op, tuple(sorted(head.op for head in living[1:])))
            for number in range(_TIMES):
                self.harm += 1
                actions += self.votes(number, vote)
        return actions

    def votes(self, number: int, vote: Vote) -> list[Action]:  # noqa: ARG002 - it does the same each time
        """What it does for one vote. number: how many it has given on the same versions."""
        return self.change((), f"{self.name}/vote/{self.harm}", 0.0, [vote])


PROGRAM = program(__name__, "Run a peer that votes again and again.", Stuffing)
run = PROGRAM.run

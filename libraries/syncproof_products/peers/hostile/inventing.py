"""A peer that invents other peers, each with a key of its own, which all vote as it likes."""

from __future__ import annotations

import hashlib

from syncproof_products.peers.core.actions import Action, Deliver
from syncproof_products.peers.core.model import Op, Vote
from syncproof_products.peers.core.signing import Signer
from syncproof_products.peers.hostile.habit import program
from syncproof_products.peers.hostile.stuffing import Stuffing


class Inventing(Stuffing):
    """Each vote is another one's, who is not there."""

    def votes(self, number: int, vote: Vote) -> list[Action]:
        """It passes on what nobody has said."""
        who = Signer(f"Eve {number}", hashlib.sha256(f"{self.name}/{number}".encode()).digest())
        op = Op(
            author=who.author,
            seq=self.has.get(who.author, 0) + 1,
            before=self._tips.get(who.author, ""),
            after={author: seq for author, seq in self.has.items() if author != who.author},
            depth=self._depth + 1,
            changes=(),
            key="",
            written=0.0,
            votes=(vote,),
        )
        op = who.sign(op)
        self._take(op)
        return [Deliver(op, own=False)]


PROGRAM = program(__name__, "Run a peer that invents other peers.", Inventing)
run = PROGRAM.run

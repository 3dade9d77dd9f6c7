"""A peer whose operations do not follow each other."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from syncproof_products.peers.core.actions import Action
from syncproof_products.peers.core.model import Change, Vote
from syncproof_products.peers.core.proofs import Proof, author_of
from syncproof_products.peers.hostile.habit import Habit, program

#: The fingerprint of an operation that there never was.
_ANOTHER = hashlib.sha256(b"another").hexdigest()


class Unchained(Habit):
    """Each but the first says that it follows another one than the one before it."""

    def change(
        self, changes: Sequence[Change], key: str, written: float, votes: Sequence[Vote] = ()
    ) -> list[Action]:
        """As a peer does, behind something else."""
        if self.has.get(self.name):
            self.harm += 1
            self._tips[self.name] = _ANOTHER
        return super().change(changes, key, written, votes)

    def _expose(self, proof: Proof) -> list[Action]:
        return [] if author_of(proof) == self.name else super()._expose(proof)


PROGRAM = program(__name__, "Run a peer that breaks the chain of what it says.", Unchained)
run = PROGRAM.run

"""A peer that says of its own files what is not so."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from msgspec.structs import replace

from syncproof_products.peers.core.actions import Action
from syncproof_products.peers.core.model import Change, Content, Vote
from syncproof_products.peers.hostile.habit import Habit, program

#: Seconds that its clock is ahead of all others: a hundred years.
_AHEAD_S = 100 * 365 * 86400.0


class Lying(Habit):
    """Its first change has a false size, its second one a false hash, and so on in turn; all have a false time."""

    def change(
        self, changes: Sequence[Change], key: str, written: float, votes: Sequence[Vote] = ()
    ) -> list[Action]:
        """As a peer does, with something else in it."""
        false = [replace(change, content=self._false(change.content)) for change in changes]
        return super().change(false, key, written + _AHEAD_S, votes)

    def _false(self, content: Content | None) -> Content | None:
        if content is None:
            return None
        self.harm += 1
        if self.harm % 2:
            return replace(content, size=content.size + 1)
        return replace(content, digest=hashlib.sha256(content.digest.encode()).hexdigest())


PROGRAM = program(__name__, "Run a peer that lies about sizes, hashes and times.", Lying)
run = PROGRAM.run

"""A peer whose state is not consistent: it takes for its own what it does not have."""

from __future__ import annotations

from syncproof_products.peers.core.messages import Have
from syncproof_products.peers.hostile.habit import Habit, program

_MORE = 3


class Muddled(Habit):
    """It says that it has more of everybody than there is."""

    def have(self) -> list[Have]:
        """What it believes that it has."""
        has = {author: seq + _MORE for author, seq in self.has.items()}
        self.harm += bool(has)
        return [Have(has)]


PROGRAM = program(__name__, "Run a peer whose state is inconsistent.", Muddled)
run = PROGRAM.run

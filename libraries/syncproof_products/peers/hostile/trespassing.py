"""A peer that changes what it may only read."""

from __future__ import annotations

from syncproof_products.peers.hostile.habit import Habit, program


class Trespassing(Habit):
    """Whatever its user changes it tells the others."""

    def may_write(self, path: str) -> bool:
        """As a peer knows, and then all the same."""
        self.harm += not super().may_write(path)
        return True


PROGRAM = program(__name__, "Run a peer that changes what it may only read.", Trespassing)
run = PROGRAM.run

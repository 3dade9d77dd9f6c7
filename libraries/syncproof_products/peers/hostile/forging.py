"""A peer that changes what others wrote when it passes that on."""

from __future__ import annotations

import hashlib

from msgspec.structs import replace

from syncproof_products.peers.core.model import Clock, Content, Op
from syncproof_products.peers.hostile.habit import Habit, program

_NOTHING = Content(hashlib.sha256(b"").hexdigest(), 0, 0o644, ())


class Forging(Habit):
    """Whoever asks it for what others wrote gets empty files under their names."""

    def _behind(self, after: Clock, upto: Clock) -> list[Op]:
        return [self._forged(op) for op in super()._behind(after, upto)]

    def _forged(self, op: Op) -> Op:
        if op.author == self.name:
            return op
        self.harm += 1
        emptied = tuple(
            replace(change, content=_NOTHING if change.content else None) for change in op.changes
        )
        return replace(op, changes=emptied)


PROGRAM = program(__name__, "Run a peer that changes what others wrote.", Forging)
run = PROGRAM.run

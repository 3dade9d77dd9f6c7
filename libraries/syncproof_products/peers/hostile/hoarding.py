"""A peer that keeps to itself what others have written: whom such peers surround hears of nobody."""

from __future__ import annotations

from syncproof_products.peers.core.messages import Have
from syncproof_products.peers.hostile.habit import Habit, program


class Hoarding(Habit):
    """Whatever comes it takes in; it says of nothing but its own that it has it, and so it owes nobody anything."""

    def have(self) -> list[Have]:
        """As if there were nobody else."""
        said, name = super().have(), self.name
        self.harm += sum(author != name for each in said for author in each.has)
        mine = [each for each in said if name in each.has]
        return [Have({name: each.has[name]}, {name: each.tips[name]}) for each in mine] or [Have({}, {})]


PROGRAM = program(__name__, "Run a peer that keeps to itself what others have written.", Hoarding)
run = PROGRAM.run

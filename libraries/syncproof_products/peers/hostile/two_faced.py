"""A peer that tells some of the others its changes in one order, and the rest in another one."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from syncproof_products.peers.core.actions import Action
from syncproof_products.peers.core.model import Change, Op, Vote
from syncproof_products.peers.hostile.faces import Faces
from syncproof_products.peers.hostile.habit import program


class TwoFaced(Faces):
    """Of each two of its changes one face has the second one first. A change that is not one of two yet is in none."""

    def change(
        self, changes: Sequence[Change], key: str, written: float, votes: Sequence[Vote] = ()
    ) -> list[Action]:
        """As a peer does; and every second one in the other order, too."""
        actions = super().change(changes, key, written, votes)
        mine = self.ops[self.name]
        if len(mine) % 2 == 0:
            self._swap(*mine[-2:])
        return actions

    def _swap(self, one: Op, other: Op) -> None:
        straight, otherwise = self.faces
        before = otherwise[-1].fingerprint() if otherwise else ""
        first = self._sign(replace(one, before=before, changes=_as(other, one), key=other.key))
        last = replace(other, before=first.fingerprint(), changes=_as(one, other), key=one.key)
        straight += [one, other]
        otherwise += [first, self._sign(last)]
        self.harm += 1


def _as(said: Op, place: Op) -> tuple[Change, ...]:
    """What one operation says, in the place of another one."""
    return tuple(
        Change(change.path, there.parents, change.content)
        for change, there in zip(said.changes, place.changes, strict=True)
    )


PROGRAM = program(__name__, "Run a peer with two faces.", TwoFaced)
run = PROGRAM.run

"""A peer that shares one version with some of the others, and another version with the rest."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from syncproof_products.peers.core.actions import Action
from syncproof_products.peers.core.model import Change, Op, Vote
from syncproof_products.peers.hostile.faces import Faces
from syncproof_products.peers.hostile.habit import program


class Selective(Faces):
    """Of each two of its changes one face has the first, and the other face the second, under the same number."""

    #: So many changes are in both faces before that.
    common = 0

    def change(
        self, changes: Sequence[Change], key: str, written: float, votes: Sequence[Vote] = ()
    ) -> list[Action]:
        """As a peer does; then it goes into one of the faces, or into both."""
        actions = super().change(changes, key, written, votes)
        op = self.ops[self.name][-1]
        if op.seq <= self.common:
            chosen = list(self.faces)
        else:
            chosen = [self.faces[(op.seq - self.common + 1) % 2]]
            self.harm += 1
        for face in chosen:
            face.append(self._in(face, op))
        self._grown = True
        return actions

    def _in(self, face: list[Op], op: Op) -> Op:
        """What it says, behind what a face has: it replaces whatever that face has of the same file."""
        said = [Change(change.path, self._parents(face, change), change.content) for change in op.changes]
        before = face[-1].fingerprint() if face else ""
        return self._sign(replace(op, seq=len(face) + 1, before=before, changes=tuple(said)))

    def _parents(self, face: list[Op], change: Change) -> tuple[str, ...]:
        last = next((each for each in reversed(face) if change.path in each.paths), None)
        others = [parent for parent in change.parents if not parent.startswith(f"{self.name}/")]
        return (last.id,) if last is not None else tuple(others)


PROGRAM = program(__name__, "Run a peer that shares different versions with different peers.", Selective)
run = PROGRAM.run

"""A peer that writes in the names of others, whose keys it does not have."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from syncproof_products.peers.core.actions import Action, Send
from syncproof_products.peers.core.messages import Ops
from syncproof_products.peers.core.model import Change, Op, Vote
from syncproof_products.peers.hostile.habit import Habit, program


class Posing(Habit):
    """Whatever it changes all others have changed, too, as it says: it signs that with its own key."""

    def change(
        self, changes: Sequence[Change], key: str, written: float, votes: Sequence[Vote] = ()
    ) -> list[Action]:
        """As a peer does; and then the others are to have said it."""
        before = {author: seq for author, seq in self.has.items() if author != self.name}
        actions = super().change(changes, key, written, votes)
        mine = self.ops[self.name][-1]
        false = [self._in_the_name_of(author, seq, mine) for author, seq in before.items()]
        self.harm += len(false)
        return [*actions, *(Send(peer, Ops((op,))) for peer in self.others for op in false)]

    def _in_the_name_of(self, author: str, seq: int, op: Op) -> Op:
        """The same behind that author's last operation."""
        after = {**op.after, self.name: op.seq - 1}
        del after[author]
        return self._sign(
            replace(op, author=author, seq=seq + 1, before=self._tips[author], after=after, signature=b"")
        )


PROGRAM = program(__name__, "Run a peer that writes in the names of others.", Posing)
run = PROGRAM.run

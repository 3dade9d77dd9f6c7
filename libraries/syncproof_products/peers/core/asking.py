"""What a peer has, what others say that they have, and what it asked them for.

Operations are asked of one peer, and each block of one, as long as that one is there and answers.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from syncproof_products.peers.core.actions import Action, Send, Unanswered
from syncproof_products.peers.core.messages import Block, Message, Ops, Pull, Still, Want
from syncproof_products.peers.core.model import Clock, Op
from syncproof_products.peers.core.proofs import Proof

#: Blocks that are under way from one peer.
WINDOW = 4
_ALL = 1 << 62


@dataclass
class Other:
    """A peer that is connected.

    has: as it said. showed: operations that it sent. under_way: blocks that it was asked for. answered: whether it has
    sent anything that it was asked for since that was last looked at. late: it was asked, and had not then.
    """

    has: Clock = field(default_factory=dict)
    showed: set[str] = field(default_factory=set)
    under_way: set[str] = field(default_factory=set)
    answered: bool = False
    late: bool = False

    def answers(self) -> None:
        """It has sent something that it was asked for."""
        self.answered, self.late = True, False


class Asking:
    """Base of a node."""

    def __init__(self) -> None:
        self.has: Clock = {}
        self.blocks: set[str] = set()
        self.others: dict[str, Other] = {}
        #: Authors who are not believed: from which operation on nothing of them counts, and why.
        self.exposed: dict[str, tuple[int, Proof]] = {}
        self._waiting: dict[str, dict[int, Op]] = {}
        #: Author -> up to which operation somebody was asked, and who.
        self._asked: dict[str, tuple[int, str]] = {}
        #: Operation that waits -> its blocks that are not here, in order; some are under way.
        self._lacking: dict[str, dict[str, None]] = {}
        #: Who was asked for what when that was last looked at.
        self._owed: set[tuple[str, str]] = set()

    @property
    def asking(self) -> int:
        """What was asked of others and has not come."""
        return len(self._asked) + sum(len(other.under_way) for other in self.others.values())

    def awaits(self, peer: str, message: Message) -> bool:
        """Whether that is what a peer was asked for."""
        if isinstance(message, Block):
            return message.digest in self.others[peer].under_way
        return isinstance(message, Ops) and any(asked == peer for _, asked in self._asked.values())

    def counts(self, op: Op) -> bool:
        """Whether its author is believed as far as that."""
        return op.seq <= self._last_of(op.author)

    def lose_patience(self) -> list[Action]:
        """Whoever has answered nothing since the last call of this, and was asked before it, is not waited for.

        What it was asked for others are asked for, where they have it; and it is asked whether it is still there: only
        one that says so, and not what it was asked for before, leaves others waiting. Call it every so often.
        """
        before = self._owed
        self._owed = {(peer, what) for peer in self.others for what in self._owed_by(peer)}
        actions: list[Action] = []
        for peer, other in self.others.items():
            other.late = not other.answered and any(who == peer for who, _ in before & self._owed)
            other.answered = False
            if other.late:
                actions.append(Send(peer, Still()))
        return [*actions, *self._ask_others()]

    def _is_here(self, peer: str) -> list[Action]:
        """A peer says so."""
        return [Unanswered(peer)] if self.others[peer].late else []

    def _owed_by(self, peer: str) -> list[str]:
        """Authors whose operations a peer was asked for, and blocks."""
        return [author for author, (_, asked) in self._asked.items() if asked == peer] + sorted(
            self.others[peer].under_way
        )

    def _ask_others(self) -> list[Action]:
        """For what those owe who are late."""
        late = [peer for peer, other in self.others.items() if other.late]
        for peer in late:
            for what in self._owed_by(peer):
                self._free(peer, what)
        return [action for peer in self.others if late for action in (*self._pull(peer), *self._want(peer))]

    def _free(self, peer: str, what: str) -> None:
        """Let what one was asked for be free for others, where one of them has it.

        what: an author, or the digest of a block.
        """
        for op in self._lacked(peer, what):
            if any(self._has(other, op) for name, other in self.others.items() if name != peer):
                mine = self.others[peer]
                mine.under_way.discard(what)
                mine.showed.discard(op.id)
                mine.has[op.author] = min(mine.has.get(op.author, 0), op.seq - 1)
        if what in self._asked:
            reached = self._reached(what)
            if any(other.has.get(what, 0) > reached for name, other in self.others.items() if name != peer):
                del self._asked[what]
                self.others[peer].has[what] = min(self.others[peer].has.get(what, 0), reached)

    def _lacked(self, peer: str, digest: str) -> list[Op]:
        """Operations that wait for a block which a peer was asked for."""
        if digest not in self.others[peer].under_way:
            return []
        waiting = [op for each in self._waiting.values() for op in each.values()]
        return [op for op in waiting if digest in self._lacking.get(op.id, ())]

    def _last_of(self, author: str) -> int:
        """The last operation of an author that can count."""
        return self.exposed[author][0] - 1 if author in self.exposed else _ALL

    def _reached(self, author: str) -> int:
        """Up to which operation of an author everything is here, or waits."""
        seq, waiting = self.has.get(author, 0), self._waiting.get(author, {})
        while seq + 1 in waiting:
            seq += 1
        return seq

    def _pull(self, peer: str) -> list[Action]:
        """Ask for what this peer has, as far as nobody was asked."""
        after: Clock = {}
        upto: Clock = {}
        for author, seq in self.others[peer].has.items():
            seq = min(seq, self._last_of(author))
            reached = max(self._reached(author), self._asked.get(author, (0, ""))[0])
            if seq > reached:
                after[author], upto[author] = reached, seq
                self._asked[author] = (seq, peer)
        return [Send(peer, Pull(after, upto))] if upto else []

    def _want(self, peer: str) -> list[Action]:
        """Ask this peer for blocks, as many as may be under way."""
        other = self.others[peer]
        under_way = set().union(*(each.under_way for each in self.others.values()))
        actions: list[Action] = []
        while len(other.under_way) < WINDOW:
            asked = min(
                self._from(other, under_way), key=lambda each: (each[0].size, each[0].depth), default=None
            )
            if asked is None:
                break
            _, digest = asked
            other.under_way.add(digest)
            under_way.add(digest)
            actions.append(Send(peer, Want(digest)))
        return actions

    def _from(self, other: Other, under_way: Container[str]) -> Iterator[tuple[Op, str]]:
        """Operations that this peer has, each with the first block that nobody was asked for."""
        for waiting in self._waiting.values():
            for op in waiting.values():
                if self._has(other, op):
                    lacking = self._lacking.get(op.id, ())
                    digest = next((each for each in lacking if each not in under_way), None)
                    if digest is not None:
                        yield op, digest

    def _has(self, other: Other, op: Op) -> bool:
        """Whether a peer has an operation, with its blocks, as far as anybody knows."""
        return other.has.get(op.author, 0) >= op.seq or op.id in other.showed

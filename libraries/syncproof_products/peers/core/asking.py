"""What a peer has, what others say that they have, and what it asked them for.

Operations are asked of one peer, and each block of one, as long as that one is there and not too late. Who is late owes
what it was asked for: it is not asked for it again, and for other things only where nobody else has them.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from itertools import chain

from syncproof_products.peers.core.actions import Action, Send, Unanswered
from syncproof_products.peers.core.bounds import MOST_NAMES, batched
from syncproof_products.peers.core.messages import Block, Have, Message, Ops, Part, Pull, Still, Want
from syncproof_products.peers.core.model import Clock, Op
from syncproof_products.peers.core.others import Other, Question
from syncproof_products.peers.core.proofs import Proof
from syncproof_products.peers.core.watching import Oddity
from syncproof_synckit.vector_clock import merge

#: Blocks that one peer owes at a time, and operations of an author that it is asked for at once.
WINDOW, _PULL = 4, 200
_ALL = 1 << 62


class Asking:
    """Base of a node."""

    def __init__(self) -> None:
        self.has: Clock = {}
        self.blocks: set[str] = set()
        self.others: dict[str, Other] = {}
        #: Authors who are not believed: from which operation on nothing of them counts, and why.
        self.exposed: dict[str, tuple[int, Proof]] = {}
        self._waiting: dict[str, dict[int, Op]] = {}
        #: Author -> up to which operation everything was here or waiting when that was last asked.
        self._reach: Clock = {}
        #: Operation that waits -> its blocks that are not here, in order; some are under way.
        self._lacking: dict[str, dict[str, None]] = {}
        #: Who was late when its connection ended, and has sent nothing since.
        self._late: set[str] = set()
        #: How often somebody was asked for a block and did not have it.
        self.asked_in_vain = 0
        #: How often all that is owed was looked at.
        self._looks = 0
        #: Blocks that are not here any more -> an operation that was delivered, and has each.
        self._damaged: dict[str, Op] = {}

    @property
    def asking(self) -> int:
        """What others were asked for, and are waited for."""
        questions = (
            (author, question)
            for other in self.others.values()
            for author, each in other.pulls.items()
            for question in each
        )
        waited = sum(each.waited and each.upto > self._reached(author) for author, each in questions)
        return waited + len(self._under_way())

    def awaits(self, peer: str, message: Message) -> bool:
        """Whether that is what a peer was asked for."""
        other = self.others[peer]
        if isinstance(message, Block):
            return message.digest in other.blocks
        return isinstance(message, Ops) and any(other.asked_for(op.author, op.seq) for op in message.ops)

    def oddity(self, peer: str, message: Message) -> Oddity | None:
        """What is odd about a message that is not taken in yet; nobody says so often."""
        other = self.others[peer]
        match message:
            case Want(digest):
                return None if digest in self.blocks or self._lacked(digest) else Oddity.UNKNOWN
            case Pull(after):
                again = any(seq < other.got.get(author, 0) for author, seq in after.items())
                return Oddity.AGAIN if again else None
            case _:
                expected = self.awaits(peer, message) or self._is_news(other, message)
                return None if expected else Oddity.FLOOD

    def _is_news(self, other: Other, message: Message) -> bool:
        """Whether somebody says of itself what it has not said before. Whoever has much to do says much of that."""
        match message:
            case Have(has):
                return any(seq > other.has.get(author, 0) for author, seq in has.items())
            case Part(op, blocks):
                said = other.parts.get(op.id)
                return self.has.get(op.author, 0) < op.seq and (said is None or said.bits != blocks)
            case _:
                return False

    def _gives_out(self, peer: str, upto: Clock) -> None:
        """A peer gets what it has asked for, as far as that is here."""
        other = self.others[peer]
        here = {author: min(seq, self.has.get(author, 0)) for author, seq in upto.items()}
        other.got = merge([other.got, here])

    def counts(self, op: Op) -> bool:
        """Whether its author is believed as far as that."""
        return op.seq <= self._last_of(op.author)

    def _is_let_in(self, author: str) -> bool:
        """Whether users have said that the device of an author takes part."""
        raise NotImplementedError

    def lose_patience(self) -> list[Action]:
        """Whoever owes something since before the last call of this is late.

        What it owes others are asked for, where they have it, whatever else it has sent; and it is asked whether it is
        still there: only one that says so, and not what it was asked for before, leaves others waiting. Call it every
        so often.
        """
        self._looks += 1
        actions: list[Action] = []
        for peer, other in self.others.items():
            other.answered = False
            other.lacks.clear()
            if other.owes(self._looks - 1):
                other.late = True
                if not other.still:
                    other.still = self._looks
                    actions.append(Send(peer, Still()))
        return [*actions, *self._ask()]

    def _is_here(self, peer: str) -> list[Action]:
        """A peer says so, behind whatever it was asked for before that."""
        other = self.others[peer]
        asked_at, other.still = other.still, 0
        return [Unanswered(peer)] if asked_at and other.owes(asked_at - 1) else []

    def _is_sent(self, peer: str, op: Op) -> None:
        """A peer has sent an operation, and its author has signed it."""
        other = self.others[peer]
        if op.seq in self._waiting[op.author]:
            other.showed.add(op.id)
        if other.sent(op.author, op.seq):
            self._answers(peer)

    def _answers(self, peer: str) -> None:
        """A peer has sent something that it was asked for."""
        other = self.others[peer]
        other.answered = True
        other.late = other.owes(self._looks - 1)
        self._late.discard(peer)

    def _ask(self) -> list[Action]:
        """All for whatever is not here and nobody is waited for; those who are late come last."""
        self._hand_over()
        peers = sorted(self.others, key=lambda peer: self.others[peer].late)
        return [action for peer in peers for action in (*self._pull(peer), *self._want(peer))]

    def _hand_over(self) -> None:
        """Who is late is waited for only where nobody else can be asked."""
        for other in self.others.values():
            if other.late:
                self._hand_over_operations(other)
                self._hand_over_blocks(other)

    def _hand_over_operations(self, late: Other) -> None:
        for author, questions in late.pulls.items():
            following = self._reached(author) + 1
            handed = any(
                other.offers(author) >= following and not other.lets_wait(author, following, self._looks - 1)
                for other in self.others.values()
                if other is not late
            )
            for question in questions:
                question.waited = not (handed and question.since < self._looks - 1)

    def _hand_over_blocks(self, late: Other) -> None:
        for digest in [each for each, since in late.blocks.items() if since < self._looks - 1]:
            lacked = self._lacked(digest)
            handed = any(
                self._gives(other, op, digest) and other.blocks.get(digest, self._looks) >= self._looks - 1
                for other in self.others.values()
                if other is not late
                for op in lacked
            )
            if handed or not lacked:
                late.under_way.discard(digest)
            else:
                late.under_way.add(digest)

    def _lacked(self, digest: str) -> list[Op]:
        """Operations that lack a block."""
        waiting = (op for each in self._waiting.values() for op in each.values())
        found = [op for op in waiting if digest in self._lacking.get(op.id, ())]
        return [*found, *([self._damaged[digest]] if digest in self._damaged else [])]

    def _last_of(self, author: str) -> int:
        """The last operation of an author that can count."""
        return self.exposed[author][0] - 1 if author in self.exposed else _ALL

    def _reached(self, author: str) -> int:
        """Up to which operation of an author everything is here, or waits."""
        seq = max(self.has.get(author, 0), min(self._reach.get(author, 0), self._last_of(author)))
        waiting = self._waiting.get(author, {})
        while seq + 1 in waiting:
            seq += 1
        self._reach[author] = seq
        return seq

    def _pull(self, peer: str) -> list[Action]:
        """Ask for what this peer has, as far as nobody is waited for."""
        other = self.others[peer]
        after: Clock = {}
        upto: Clock = {}
        for author, seq in other.has.items():
            # Of most authors it has nothing that is not here, whenever anybody says anything.
            if seq <= self.has.get(author, 0):
                continue
            last = min(other.offers(author), self._last_of(author))
            if last <= self._reached(author) or not self._is_let_in(author):
                continue
            first, last = self._gap(author, other, last)
            if first < last and not self._is_second_to_others(other, author, first):
                after[author], upto[author] = first, last
                other.pulls.setdefault(author, []).append(Question(first, last, self._looks))
        return [
            Send(peer, Pull({each: after[each] for each in part}, {each: upto[each] for each in part}))
            for part in batched(upto, MOST_NAMES)
        ]

    def _gap(self, author: str, other: Other, last: int) -> tuple[int, int]:
        """Behind which operation of an author, and up to which, one may be asked for what is not here."""
        waiting = self._waiting.get(author, {})
        reached = self._reached(author)
        for after, upto in sorted(self._asked_for(author, other)):
            if reached < after:
                last = min(last, after)
                break
            reached = max(reached, upto)
            while reached + 1 in waiting:
                reached += 1
        last = min(last, reached + _PULL)
        return reached, next((seq - 1 for seq in range(reached + 1, last + 1) if seq in waiting), last)

    def _asked_for(self, author: str, other: Other) -> list[tuple[int, int]]:
        """Operations of an author for which somebody is waited, or that this one owes: behind which, up to which."""
        asked = ((each, question) for each in self.others.values() for question in each.pulls.get(author, ()))
        return [
            (question.after, question.upto) for each, question in asked if question.waited or each is other
        ]

    def _is_second_to_others(self, other: Other, author: str, after: int) -> bool:
        """Whether one is late, and another one who is not has more of an author."""
        return other.late and any(
            not each.late and each.offers(author) > after for each in self.others.values()
        )

    def _want(self, peer: str) -> list[Action]:
        """Ask this peer for blocks, as many as it may owe."""
        actions: list[Action] = []
        if not (self._lacking or self._damaged):
            return actions
        other = self.others[peer]
        under_way = self._under_way()
        while len(other.blocks) < WINDOW:
            asked = min(
                self._from(other, under_way), key=lambda each: (each[0].size, each[0].depth), default=None
            )
            if asked is None:
                break
            _, digest = asked
            other.under_way.add(digest)
            other.blocks[digest] = self._looks
            under_way.add(digest)
            actions.append(Send(peer, Want(digest)))
        return actions

    def _under_way(self) -> set[str]:
        """Blocks for which somebody is waited."""
        return set().union(*(other.under_way for other in self.others.values()))

    def _from(self, other: Other, under_way: Container[str]) -> Iterator[tuple[Op, str]]:
        """Operations that this peer has, each with the first block that it may be asked for.

        One that nobody owes goes before one that somebody owes who is late.
        """
        mine = {*other.blocks, *other.lacks}
        owed = {*mine, *chain.from_iterable(each.blocks for each in self.others.values())}
        for waiting in self._waiting.values():
            for op in waiting.values():
                lacking = self._lacking.get(op.id, ())
                if not lacking or not (self._has(other, op) or op.id in other.parts):
                    continue
                free = (each for each in lacking if each not in owed and self._gives(other, op, each))
                second = (
                    each
                    for each in lacking
                    if each not in under_way and each not in mine and self._gives(other, op, each)
                )
                digest = next(free, None) or next(second, None)
                if digest is not None and not self._is_second(other, op, digest):
                    yield op, digest
        for digest, op in self._damaged.items():
            asked = digest in under_way or digest in mine
            if not asked and self._has(other, op) and not self._is_second(other, op, digest):
                yield op, digest

    def _is_second(self, other: Other, op: Op, digest: str) -> bool:
        """Whether one is late, and another one who is not can be asked for a block."""
        return other.late and any(
            not each.late and self._gives(each, op, digest) for each in self.others.values()
        )

    def _has_more(self, other: Other, op: str) -> None:
        """A peer has more of an operation than it had: it may be asked again for what it lacked."""
        other.lacks.difference_update(self._lacking.get(op, ()))

    def _gives(self, other: Other, op: Op, digest: str) -> bool:
        """Whether one has a block of an operation, as far as anybody knows."""
        return digest not in other.lacks and (self._has(other, op) or digest in other.parts.get(op.id, ()))

    def _has(self, other: Other, op: Op) -> bool:
        """Whether a peer has an operation, with its blocks, as far as anybody knows."""
        return op.is_for(other.device) and (other.has.get(op.author, 0) >= op.seq or op.id in other.showed)

"""What a peer knows of another one that it is connected to."""

from __future__ import annotations

from dataclasses import dataclass, field

from syncproof_products.peers.core.filters import Filter
from syncproof_products.peers.core.model import MOST, Clock


@dataclass
class Question:
    """Operations of an author that somebody was asked for: those behind `after`, of what has not come, up to `upto`.

    since: how often all that is owed was looked at before. waited: nobody else is asked for them meanwhile.
    """

    after: int
    upto: int
    since: int
    waited: bool = True


@dataclass
class Other:
    """A peer that is connected.

    has: as it said. parts: operation that it does not have whole -> which of its blocks it has, more or less. tips:
    author -> its last operation that this one has, and how the fingerprint of that begins, as long as it is not
    here. showed: operations that it sent, as long as they wait. pulls: author -> what it was asked for and has not
    sent. blocks: those that it was asked for and has not sent, and since when. under_way: those of them that nobody
    else is asked for meanwhile. lacks: blocks that it has said not to have. answered: whether it has sent anything
    that it was asked for since that was last looked at. late: it lets something wait for too long. still: at which
    look it was asked whether it is there, as long as it has not said so; 0 for never. got: author -> up to which
    operation it was sent what it asked for. device: whose it is. veiled: author -> an operation that it has shown
    without what that says, as long as that is to be known here and is not. warned: authors of whom it said to have
    what does not count, and was told why.
    """

    has: Clock = field(default_factory=dict)
    parts: dict[str, Filter] = field(default_factory=dict)
    tips: dict[str, tuple[int, str]] = field(default_factory=dict)
    showed: set[str] = field(default_factory=set)
    pulls: dict[str, list[Question]] = field(default_factory=dict)
    blocks: dict[str, int] = field(default_factory=dict)
    under_way: set[str] = field(default_factory=set)
    lacks: set[str] = field(default_factory=set)
    answered: bool = False
    late: bool = False
    still: int = 0
    got: Clock = field(default_factory=dict)
    device: str = ""
    veiled: Clock = field(default_factory=dict)
    warned: set[str] = field(default_factory=set)

    def offers(self, author: str) -> int:
        """Up to which of an author's operations it can be asked: who may not know one cannot tell what it says."""
        return min(self.has.get(author, 0), self.veiled.get(author, MOST) - 1)

    def has_all_of(self, op: str) -> bool:
        """Whether it has said so of an operation."""
        author, _, seq = op.rpartition("/")
        return self.has.get(author, 0) >= int(seq)

    def owes(self, before: int) -> bool:
        """Whether anything has not come that it was asked for before that look."""
        return any(each.since < before for each in self.questions()) or any(
            since < before for since in self.blocks.values()
        )

    def questions(self) -> list[Question]:
        """All for operations that are open."""
        return [question for each in self.pulls.values() for question in each]

    def asked_for(self, author: str, seq: int) -> bool:
        """Whether it owes this operation."""
        return any(each.after < seq <= each.upto for each in self.pulls.get(author, ()))

    def sent(self, author: str, seq: int) -> bool:
        """It has sent an operation. Answers whether it was asked for that, and for none before it.

        Whoever has several of an author sends them in their order.
        """
        questions = self.pulls.get(author, [])
        answered = [each for each in questions if seq == each.after + 1 <= each.upto]
        for question in answered:
            question.after = seq
        left = [each for each in questions if each.after < each.upto]
        if left:
            self.pulls[author] = left
        else:
            self.pulls.pop(author, None)
        return bool(answered)

    def lets_wait(self, author: str, seq: int, before: int) -> bool:
        """Whether it owes this operation since before that look."""
        questions = self.pulls.get(author, ())
        return any(each.since < before and each.after < seq <= each.upto for each in questions)

    def sent_block(self, digest: str) -> bool:
        """It has sent a block, or said that it has none. Answers whether it was asked for that."""
        self.under_way.discard(digest)
        return self.blocks.pop(digest, None) is not None

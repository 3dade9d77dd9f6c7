"""Authors who say different things to different peers: proofs of it that any peer can check."""

from __future__ import annotations

from syncproof_products.peers.core.messages import Forked
from syncproof_products.peers.core.model import Op


def forked_at(one: Op, other: Op) -> int:
    """From which operation on an author is not to be believed, by two that it has signed; 0 where they prove nothing.

    Two with the same number that differ: one for some, the other for others. Or one that does not follow the one before
    it: the author has another one under that number.
    """
    if one.author != other.author:
        return 0
    if one.seq == other.seq:
        return one.seq if one.fingerprint() != other.fingerprint() else 0
    if one.seq + 1 == other.seq:
        return other.seq if other.before != one.fingerprint() else 0
    return 0


def proof_of(one: Op, other: Op) -> Forked:
    """The two, in the order in which any peer puts them."""
    first, second = sorted((one, other), key=lambda op: (op.seq, op.fingerprint()))
    return Forked(first, second)

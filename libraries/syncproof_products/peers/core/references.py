"""Which operations an operation may be about: those that its author had."""

from __future__ import annotations

from msgspec.structs import replace

from syncproof_products.peers.core.model import Op

#: Digits of the greatest number of an operation, see `core.model.MOST`.
_DIGITS = 16


def knows_all(op: Op) -> bool:
    """Whether its author had all that it replaces, and votes on.

    Who replaces what is still to come would make the files depend on the order in which operations come.
    """
    parents = (parent for change in op.changes for parent in change.parents)
    candidates = (candidate for vote in op.votes for candidate in vote.candidates)
    return all(_knows(op, each) for each in (*parents, *candidates))


def about_known(op: Op) -> Op:
    """The operation without what it says of others that its author does not have (any more)."""
    changes = (
        replace(change, parents=tuple(parent for parent in change.parents if _knows(op, parent)))
        for change in op.changes
    )
    votes = (vote for vote in op.votes if all(_knows(op, each) for each in vote.candidates))
    return replace(op, changes=tuple(changes), votes=tuple(votes))


def _knows(op: Op, other: str) -> bool:
    author, _, number = other.rpartition("/")
    if not (number.isascii() and number.isdigit() and len(number) <= _DIGITS):
        return False
    had = op.seq - 1 if author == op.author else op.after.get(author, 0)
    return 1 <= int(number) <= had

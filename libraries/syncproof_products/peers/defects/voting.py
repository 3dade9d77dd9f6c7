"""Bugs by which versions are chosen by too few."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from syncproof_defects import breaks
from syncproof_products.peers.core import node
from syncproof_products.peers.core.model import Vote


@breaks(node, "outvoted")
def lets_any_vote_decide(
    original: Callable[[Iterable[tuple[str, Vote]], Collection[str]], set[str]],
    votes: Iterable[tuple[str, Vote]],
    members: Collection[str],
) -> set[str]:
    """A version for which anybody is replaces the others."""
    del original, members
    lets_any_vote_decide.ran()
    return {op for _, vote in votes for op in vote.over}


@breaks(node, "outvoted")
def counts_no_votes(
    original: Callable[[Iterable[tuple[str, Vote]], Collection[str]], set[str]],
    votes: Iterable[tuple[str, Vote]],
    members: Collection[str],
) -> set[str]:
    """All versions stay, however many are for one of them."""
    if original(votes, members):
        counts_no_votes.ran()
    return set()

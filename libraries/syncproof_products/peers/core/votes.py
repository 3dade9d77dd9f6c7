"""Votes: of versions that know nothing of each other the one stays for which more than half of all members are.

What comes of them depends on which votes there are, and not on their order: a device has one vote on the same versions,
its first one, so that no two of them can have a majority. Who finds none may vote again when there are others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from syncproof_products.peers.core.model import Op, Vote, device_of


def votes_on(path: str, ops: Iterable[Op]) -> list[tuple[str, Vote]]:
    """Each vote on the versions of a path, and whose it is; those of one device in the order in which it gave them.

    A device that was installed anew has two names. What it did under one, not knowing of the other, has no order: all
    peers take the same one.
    """
    given = [op for op in ops if any(vote.path == path for vote in op.votes)]
    given.sort(key=lambda op: (op.depth, op.author))
    return [(device_of(op.author), vote) for op in given for vote in op.votes if vote.path == path]


def outvoted(votes: Iterable[tuple[str, Vote]], members: Collection[str]) -> set[str]:
    """The operations whose versions do not stay. members: the devices that have a vote."""
    first: dict[frozenset[str], dict[str, Vote]] = {}
    for device, vote in votes:
        if device in members:
            first.setdefault(vote.candidates, {}).setdefault(device, vote)
    gone: set[str] = set()
    for given in first.values():
        for stays in {vote.stays for vote in given.values()}:
            if sum(vote.stays == stays for vote in given.values()) > len(members) // 2:
                gone |= next(vote.candidates for vote in given.values()) - {stays}
    return gone

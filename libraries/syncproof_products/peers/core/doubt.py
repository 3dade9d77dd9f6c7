"""When so many were caught that nobody can be believed: the others may be wrong, or this peer is."""

from __future__ import annotations


def is_in_doubt(caught: int, members: int) -> bool:
    """Whether more of the members do harm than a group of that size can bear: of 3 none, of 4 one, of 7 two.

    Source: Lamport, Shostak and Pease, The Byzantine Generals Problem, 1982: n is at least 3 f + 1.
    """
    return caught > max(members - 1, 0) // 3

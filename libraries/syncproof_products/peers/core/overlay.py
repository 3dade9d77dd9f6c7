"""Who is linked to whom where too many peers share a folder for a mesh: a tree with spare links.

Every peer has two above it, so that no single one that is gone, and no single link, keeps a change from anybody. All
know who the members are, and so all find the same tree: nothing has to be agreed on.
"""

from __future__ import annotations

from collections.abc import Iterable


def neighbours(me: str, members: Iterable[str], width: int) -> set[str]:
    """Of these the ones that a peer is linked to. width: how many a peer has below it; 0: everybody to everybody.

    Example: ``neighbours("a", "abcdefg", 2)`` is ``{"b", "c", "d", "e"}``, however many there are.
    """
    order = sorted({*members, me})
    if not width:
        return set(order) - {me}
    mine = order.index(me)
    above = {place: _above(place, width) for place in range(len(order))}
    below = (place for place in above if mine in above[place])
    return {order[place] for place in (*above[mine], *below)}


def _above(place: int, width: int) -> tuple[int, ...]:
    """Those above a place of the tree, which is counted from its top: the one that it hangs on, and a spare one."""
    if place == 0:
        return ()
    first = (place - 1) // width
    return (first, max(0, first - 1) if first else place - 1)

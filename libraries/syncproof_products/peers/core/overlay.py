"""Who is linked to whom where too many peers share a folder for a mesh: a tree with spare links.

Every peer has two above it, so that no single one that is gone, and no single link, keeps a change from anybody. All
know who the members are, and so all find the same tree: nothing has to be agreed on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence

#: So many neighbours are of those whom a peer has known for long, where there are as many.
_ANCHORS = 2


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


def anchors(near: Collection[str], others: Sequence[str], reach: Collection[str], secret: bytes) -> set[str]:
    """Whom a peer is linked to beside its neighbours in the tree, so that those who have come late never surround it.

    Names say who is whose neighbour, and whoever comes chooses a name. So two neighbours at least are of that half of
    the others whom a peer has known longest. As far as the tree gives it fewer it draws them by itself: nobody else can
    foresee whom, and they stay the same.

    near: its neighbours in the tree. others: all other members, in the order in which it has come to know them. reach:
    those whom it can dial. secret: nobody else's.

    Example: ``anchors({"x", "y"}, ["b", "c", "x", "y"], {"b", "c"}, b"")`` is ``{"b", "c"}``.
    """
    old = others[: (len(others) + 1) // 2]
    lacking = min(_ANCHORS, len(old)) - sum(peer in near for peer in old)
    drawn = sorted(
        (peer for peer in old if peer in reach and peer not in near),
        key=lambda peer: hashlib.sha256(secret + peer.encode()).digest(),
    )
    return set(drawn[: max(0, lacking)])


def _above(place: int, width: int) -> tuple[int, ...]:
    """Those above a place of the tree, which is counted from its top: the one that it hangs on, and a spare one."""
    if place == 0:
        return ()
    first = (place - 1) // width
    return (first, max(0, first - 1) if first else place - 1)

"""What takes back an operation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from syncproof_products.peers.core.heads import Head
from syncproof_products.peers.core.model import Change, Content, Op


def undoing(op: Op, heads: Mapping[str, Mapping[str, Head]], ops: Iterable[Op]) -> list[Change]:
    """The changes that take back an operation, as far as nobody has built on it.

    Each of its versions gives way to the one that it replaced, unless another one has replaced that, too. heads: by
    path and operation. ops: all that are here.
    """
    found: list[Change] = []
    for change in op.changes:
        there = heads.get(change.path, {})
        if op.id in there:
            before = None if len(there) > 1 else shown_before(change, ops)
            found.append(Change(change.path, (op.id,), before))
    return found


def shown_before(change: Change, ops: Iterable[Op]) -> Content | None:
    """What a change has replaced: of several versions the one that was shown; None where there was none."""
    parents = [
        Head(op.id, op.depth, each.content)
        for op in ops
        if op.id in change.parents
        for each in op.changes
        if each.path == change.path and each.content is not None
    ]
    return max(parents, key=lambda head: head.rank).content if parents else None

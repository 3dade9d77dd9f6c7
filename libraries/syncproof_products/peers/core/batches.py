"""Operations in messages that are not too long, and the blocks that they need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from syncproof_products.peers.core.bounds import portions
from syncproof_products.peers.core.model import Op

#: Operations that one message has at most.
_BATCH = 200


def blocks_of(op: Op) -> list[str]:
    """The names of its blocks, each once."""
    found = (digest for change in op.changes if change.content for digest in change.content.blocks)
    return list(dict.fromkeys(found))


def batches(ops: Sequence[Op]) -> Iterator[tuple[Op, ...]]:
    """In messages that are not too long."""
    return (tuple(portion) for portion in portions(ops, Op.length, _BATCH))

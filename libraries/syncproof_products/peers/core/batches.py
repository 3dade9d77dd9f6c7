"""Operations in messages that are not too long, and the blocks that they need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from syncproof_products.peers.core.model import Op

#: Operations, and names of blocks in them, that one message has at most.
_BATCH, _BATCH_BLOCKS = 200, 4000


def blocks_of(op: Op) -> list[str]:
    """The names of its blocks, each once."""
    found = (digest for change in op.changes if change.content for digest in change.content.blocks)
    return list(dict.fromkeys(found))


def batches(ops: Sequence[Op]) -> Iterator[tuple[Op, ...]]:
    """In messages that are not too long."""
    batch: list[Op] = []
    blocks = 0
    for op in ops:
        count = len(blocks_of(op))
        if batch and (len(batch) >= _BATCH or blocks + count > _BATCH_BLOCKS):
            yield tuple(batch)
            batch, blocks = [], 0
        batch.append(op)
        blocks += count
    if batch:
        yield tuple(batch)

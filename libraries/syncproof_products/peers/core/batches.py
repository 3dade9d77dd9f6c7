"""Operations in messages that are not too long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from syncproof_products.peers.core.bounds import portions
from syncproof_products.peers.core.model import Op

#: Operations that one message has at most.
_BATCH = 200


def batches(ops: Sequence[Op]) -> Iterator[tuple[Op, ...]]:
    """In messages that are not too long."""
    return (tuple(portion) for portion in portions(ops, Op.length, _BATCH))

"""What an operation says of the content of files, held against that content."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from syncproof_products.peers.core.lists import blocks_in
from syncproof_products.peers.core.model import Content, Op


class Damaged(Exception):
    """A block that was stored reads as something else now, or not at all."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"block {digest} is damaged")
        self.digest = digest


def holds(digest: str, data: bytes) -> bool:
    """Whether these bytes are the block with that name."""
    return hashlib.sha256(data).hexdigest() == digest


def is_true(op: Op, read: Callable[[str], bytes]) -> bool:
    """Whether all that an operation says of its files is so.

    read: answers a block, of which all must be here. Raises what that raises, like Damaged.
    """
    return all(_is_so(change.content, read) for change in op.changes if change.content is not None)


def _is_so(content: Content, read: Callable[[str], bytes]) -> bool:
    whole, size = hashlib.sha256(), 0
    for digest in blocks_in(content, read):
        data = read(digest)
        whole.update(data)
        size += len(data)
        if size > content.size:
            return False
    return (whole.hexdigest(), size) == (content.digest, content.size)

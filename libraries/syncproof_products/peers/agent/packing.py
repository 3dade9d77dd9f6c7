"""Blocks as they travel: compressed once, however many peers ask for them, where that makes them smaller."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Callable

from syncproof_products.peers.core.messages import Block

#: The fastest level: a peer has other things to do.
_LEVEL = 1
#: Of what is hardly smaller nobody has an advantage.
_WORTH = 0.75
#: Blocks that are kept as they travel: several peers ask for the same within a short time.
_KEPT = 64


class Unpackable(Exception):
    """What came as a compressed block is none."""


class Packing:
    """read: a block that is stored."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self._read = read
        self._kept: OrderedDict[str, Block] = OrderedDict()
        #: How many were compressed since the start.
        self.packed = 0

    def block(self, digest: str) -> Block:
        """The message with a block. Raises what `read` raises."""
        known = self._kept.pop(digest, None) or self._pack(digest)
        self._kept[digest] = known
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return known

    def _pack(self, digest: str) -> Block:
        data = self._read(digest)
        self.packed += 1
        packed = zlib.compress(data, _LEVEL)
        worth = len(packed) < _WORTH * len(data)
        return Block(digest, packed, packed=True) if worth else Block(digest, data)


def unpacked(block: Block, most: int) -> Block:
    """A block as it is. most: bytes that it may have. Raises Unpackable."""
    if not block.packed or block.data is None:
        return block
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(block.data, most)
    except zlib.error as wrong:
        raise Unpackable(f"block {block.digest} cannot be unpacked: {wrong}") from None
    if not unpacking.eof or unpacking.unused_data:
        raise Unpackable(f"block {block.digest} is cut off, or larger than {most} bytes")
    return Block(block.digest, data)

"""Blocks that are lists of blocks: so an operation is small, however large its files are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

from syncproof_products.peers.core.model import Content, Op

#: How many blocks a file names by itself; of more it names lists. And how many are in a list: 64 KB of names.
DIRECT, _IN_ONE = 4096, 2048
#: What the name of a block begins with that is a list, where a content names it.
_LIST = "+"
_NAME_BYTES = 32


def named(digests: Sequence[str]) -> tuple[tuple[str, ...], dict[str, bytes]]:
    """How a content names its blocks, and the lists that are to be stored for that."""
    if len(digests) <= DIRECT:
        return tuple(digests), {}
    parts = (digests[n : n + _IN_ONE] for n in range(0, len(digests), _IN_ONE))
    lists = [b"".join(map(bytes.fromhex, part)) for part in parts]
    names = [hashlib.sha256(data).hexdigest() for data in lists]
    return tuple(_LIST + name for name in names), dict(zip(names, lists, strict=True))


def names_of(op: Op) -> list[str]:
    """The blocks that an operation names, lists among them, each once."""
    found = (name for change in op.changes if change.content for name in change.content.blocks)
    return list(dict.fromkeys(name.removeprefix(_LIST) for name in found))


def lists_of(op: Op) -> set[str]:
    """Those of them that are lists."""
    found = (name for change in op.changes if change.content for name in change.content.blocks)
    return {name.removeprefix(_LIST) for name in found if name.startswith(_LIST)}


def members(data: bytes) -> list[str]:
    """The blocks that a list names. What is no list names nothing, or what is nowhere."""
    return [data[n : n + _NAME_BYTES].hex() for n in range(0, len(data), _NAME_BYTES)]


def blocks_in(content: Content, read: Callable[[str], bytes]) -> Iterator[str]:
    """The blocks of a file, in their order. read: answers a block; those that are lists must be here."""
    for name in content.blocks:
        if name.startswith(_LIST):
            yield from members(read(name.removeprefix(_LIST)))
        else:
            yield name

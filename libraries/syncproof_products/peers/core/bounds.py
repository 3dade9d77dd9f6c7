"""How large what peers say may be: whatever one says every other one can take.

Messages are bounded where they arrive, and so all that is in one has to be, however it came to be there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

#: Bytes of a message, of an operation in it, and of a block.
MOST_MESSAGE, MOST_OP, MOST_BLOCK = 4 << 20, 1 << 20, (4 << 20) - (64 << 10)
#: Bytes of a filter, see `core.filters`: enough for the blocks of a file of 54 GB.
MOST_FILTER = 1 << 20
#: Bytes of changes that go into one operation, where there are several; of operations in one message, likewise.
PORTION = 256 << 10
#: Authors that one message, or the causes of an operation, are about; operations that a change replaces.
MOST_NAMES = 1000


def portions(items: Iterable[Item], size: Callable[[Item], int], many: int) -> Iterator[list[Item]]:
    """In lists of so many at most, and of so many bytes, or of a single one that is larger."""
    portion: list[Item] = []
    room = PORTION
    for item in items:
        room -= (needs := size(item))
        if portion and (room < 0 or len(portion) >= many):
            yield portion
            portion, room = [], PORTION - needs
        portion.append(item)
    if portion:
        yield portion


def batched(items: Iterable[Item], many: int) -> Iterator[list[Item]]:
    """In lists of so many."""
    return portions(items, lambda _: 0, many)

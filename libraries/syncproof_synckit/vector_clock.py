"""Vector clocks: how often each device has written, as far as a version knows.

A clock is a plain `{device: count}`; a device that is absent has count 0. Merging is commutative,
associative and idempotent, and no function changes what it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum

Clock = dict[str, int]


class Order(Enum):
    """How one clock stands to another."""

    EQUAL = "equal"
    BEFORE = "before"
    AFTER = "after"
    CONCURRENT = "concurrent"


def compare(left: Mapping[str, int], right: Mapping[str, int]) -> Order:
    """How `left` stands to `right`: BEFORE where right knows all that left knows, and more."""
    behind = any(count > left.get(device, 0) for device, count in right.items())
    ahead = any(count > right.get(device, 0) for device, count in left.items())
    if behind:
        return Order.CONCURRENT if ahead else Order.BEFORE
    return Order.AFTER if ahead else Order.EQUAL


def dominates(left: Mapping[str, int], right: Mapping[str, int]) -> bool:
    """Whether `left` knows all that `right` knows (equal clocks dominate each other)."""
    return all(count <= left.get(device, 0) for device, count in right.items())


def merge(clocks: Iterable[Mapping[str, int]]) -> Clock:
    """The smallest clock that dominates all of these; `{}` for none."""
    merged: Clock = {}
    for clock in clocks:
        for device, count in clock.items():
            if count > merged.get(device, 0):
                merged[device] = count
    return merged


def advance(clock: Mapping[str, int], device: str, past: int = 0) -> Clock:
    """The clock after `device` wrote once more. past: a count of its own that it has used up already."""
    return {**clock, device: max(clock.get(device, 0), past) + 1}

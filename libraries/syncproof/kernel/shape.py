"""Which devices of a scenario are linked to each other: each pair of names is one link, which the first dials."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Self

from syncproof.kernel.cast import Device, Devices

Pair = tuple[str, str]


def mesh(names: Sequence[str]) -> list[Pair]:
    """Everybody to everybody.

    Example: ``mesh(["Alice", "Bob", "Carol"])`` has three pairs.
    """
    return list(combinations(names, 2))


def ring(names: Sequence[str]) -> list[Pair]:
    """Each to the next, and the last to the first; two are one pair."""
    return chain(names) + ([(names[-1], names[0])] if len(names) > 2 else [])


def chain(names: Sequence[str]) -> list[Pair]:
    """Each to the next."""
    return list(pairwise(names))


def star(names: Sequence[str], middle: str) -> list[Pair]:
    """One of them to each other one."""
    return [(middle, name) for name in names if name != middle]


@dataclass(frozen=True)
class Side:
    """Who is in one part of a network: `Carol`, `Alice and Bob`."""

    names: tuple[Device, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """One device or more: ``Carol``, ``Alice and Bob``, ``Alice, Bob and Carol``, ``12 peers``.

        Fails (ValueError) for an unknown one, or one that is named twice.
        """
        several = " and " in text or "peers" in text
        return cls(tuple(Devices.parse(text)) if several else (Device.parse(text),))

    def __str__(self) -> str:
        return str(Devices(self.names)) if len(self.names) > 1 else str(self.names[0])

    def __iter__(self) -> Iterator[Device]:
        return iter(self.names)

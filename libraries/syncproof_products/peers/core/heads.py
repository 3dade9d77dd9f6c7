"""The versions of a path that nothing has replaced, and where each of them lies in the folder."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from syncproof_products.peers.core.model import Content


@dataclass(frozen=True)
class Head:
    """A version. content: None where the path is deleted."""

    op: str
    depth: int
    content: Content | None

    @property
    def rank(self) -> tuple[int, str]:
        """Of two that know nothing of each other the greater one is shown. No clock of any machine is in it."""
        return self.depth, self.op


def layout(path: str, heads: Iterable[Head], taken: Container[str] = ()) -> dict[str, Head]:
    """What lies in the folder for a path: one version under its own name, each other one beside it.

    A version that was changed outlives a concurrent deletion. Versions that say the same are one. taken: paths that
    have versions of their own.

    Example: ``{"plan.txt": ..., "plan (conflict Bob-2).txt": ...}``
    """
    living: dict[tuple[str, int], Head] = {}
    for head in sorted(heads, key=lambda each: each.rank, reverse=True):
        if head.content is not None:
            living.setdefault((head.content.digest, head.content.mode), head)
    found: dict[str, Head] = {}
    for head in living.values():
        found[path if not found else _beside(path, head, taken)] = head
    return found


def _beside(path: str, head: Head, taken: Container[str]) -> str:
    folder, _, name = path.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    if not stem:  # no suffix, or a name that begins with its only dot
        stem, dot, suffix = name, "", ""
    word = f"conflict {head.op.replace('/', '-')}"
    while True:
        beside = f"{stem} ({word}){dot}{suffix}"
        found = f"{folder}/{beside}" if folder else beside
        if found not in taken:
            return found
        word += " again"

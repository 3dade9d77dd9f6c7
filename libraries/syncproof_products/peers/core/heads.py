"""The versions of a path that nothing has replaced, and where each of them lies in the folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass

from syncproof_products.peers.core.beside import beside
from syncproof_products.peers.core.model import Content, Op


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


def alike(op: str, heads: Mapping[str, Head]) -> tuple[str, ...]:
    """The operations whose versions say what that of `op` says: in the folder they are one file."""
    laid = heads.get(op)
    if laid is None or laid.content is None:
        return (op,)
    said = laid.content.said
    return tuple(
        each for each, head in heads.items() if head.content is not None and head.content.said == said
    )


def layout(
    path: str, heads: Iterable[Head], taken: Container[str] = (), folders: Container[str] = ()
) -> dict[str, Head]:
    """What lies in the folder for a path: one version under its own name, each other one beside it.

    A version that was changed outlives a concurrent deletion. Versions that say the same are one. taken: paths that
    have versions of their own. folders: directories that files lie in; a file that is called like one lies beside it.

    Example: ``{"plan.txt": ..., "plan (conflict Bob-2).txt": ...}``
    """
    living: dict[tuple[str, int], Head] = {}
    for head in sorted(heads, key=lambda each: each.rank, reverse=True):
        if head.content is not None:
            living.setdefault(head.content.said, head)
    found: dict[str, Head] = {}
    for head in living.values():
        found[beside(path, head.op, taken, folders) if found or path in folders else path] = head
    return found


def versions_of(paths: Collection[str], ops: Iterable[Op]) -> dict[str, dict[str, Head]]:
    """By path and operation, those that no other operation has replaced. ops: all that count."""
    found = [(op, change) for op in ops for change in op.changes if change.path in paths]
    replaced = {(change.path, parent) for _, change in found for parent in change.parents}
    heads: dict[str, dict[str, Head]] = {path: {} for path in paths}
    for op, change in found:
        if (change.path, op.id) not in replaced:
            heads[change.path][op.id] = Head(op.id, op.depth, change.content)
    return heads


def lies(heads: Mapping[str, Head]) -> bool:
    """Whether a path has a file in the folder."""
    return any(head.content is not None for head in heads.values())


def folders_of(path: str) -> list[str]:
    """The directories that a path leads through, the outermost first."""
    parts = path.split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts))]


def folders_with_files(heads: Mapping[str, Mapping[str, Head]]) -> Counter[str]:
    """Directories that files lie in, and how many. heads: by path."""
    return Counter(folder for path, there in heads.items() if lies(there) for folder in folders_of(path))

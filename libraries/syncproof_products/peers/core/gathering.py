"""The blocks that operations need: which of them are here, and what that lets be delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from syncproof_products.peers.core.actions import Action
from syncproof_products.peers.core.asking import Asking
from syncproof_products.peers.core.contents import Damaged
from syncproof_products.peers.core.lists import lists_of, members, names_of
from syncproof_products.peers.core.model import Op


class Gathering(Asking):
    """Base of a node. read: a block that is stored; raises Damaged."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        super().__init__()
        self._stored = read
        #: Blocks that have come and are not stored yet.
        self._new: dict[str, bytes] = {}
        #: Operation that lacks blocks -> those of its blocks that are lists.
        self._lists: dict[str, set[str]] = {}
        self.ops: dict[str, list[Op]] = {}

    def mend(self, digest: str) -> list[Action]:
        """A block that was stored is damaged: ask others for it."""
        self.blocks.discard(digest)
        for ops in self.ops.values():
            self._damaged.update((digest, op) for op in ops if self._needs(op, digest))
        for waiting in self._waiting.values():
            for op in waiting.values():
                if self._needs(op, digest):
                    self._lacking.setdefault(op.id, {})[digest] = None
        return [action for other in self.others for action in self._want(other)]

    def _add_blocks(self, digests: Iterable[str]) -> None:
        """They are here: no operation lacks them any more."""
        digests = list(digests)
        self.blocks.update(digests)
        for other in self.others.values():
            other.under_way.difference_update(digests)
        for digest in digests:
            self._damaged.pop(digest, None)
        for op, lacking in list(self._lacking.items()):
            for digest in digests:
                if digest in lacking:
                    del lacking[digest]
                    new = self._listed_in(digest) if digest in self._lists.get(op, ()) else ()
                    lacking.update(dict.fromkeys(each for each in new if each not in self.blocks))
            if not lacking:
                del self._lacking[op]
                self._lists.pop(op, None)

    def _needs(self, op: Op, digest: str) -> bool:
        """Whether a block is one of an operation's."""
        return digest in names_of(op) or digest in self._in_lists(op)

    def _in_lists(self, op: Op) -> list[str]:
        """Blocks of an operation that are named in lists which are here."""
        return [each for name in lists_of(op) if name in self.blocks for each in self._listed_in(name)]

    def _listed_in(self, name: str) -> list[str]:
        """The blocks that a list names; none of one that is damaged, as will be found out."""
        try:
            return members(self._read(name))
        except Damaged:
            return []

    def _read(self, digest: str) -> bytes:
        return self._new[digest] if digest in self._new else self._stored(digest)

"""The blocks that operations need: which of them are here, and what that lets be delivered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from syncproof_products.peers.core.actions import Action
from syncproof_products.peers.core.asking import Asking
from syncproof_products.peers.core.bounds import MOST_FILTER
from syncproof_products.peers.core.contents import Damaged
from syncproof_products.peers.core.filters import Filter
from syncproof_products.peers.core.lists import lists_of, members, names_of
from syncproof_products.peers.core.messages import Part
from syncproof_products.peers.core.model import Op

#: How many blocks of one operation have to have come before others are told of it for the first time; with fewer the
#: rest is soon there as well.
_FIRST = 8


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
        #: Operation that lacks blocks -> how many have come, and of how many others were told.
        self._came: Counter[str] = Counter()
        self._told: dict[str, int] = {}

    @property
    def _parts(self) -> list[str]:
        """Operations of which enough blocks have come: the first few, then twice as many as others were told of."""
        come = ((op, self._came[op]) for op in self._came if op in self._lacking)
        return [op for op, came in come if came >= (2 * self._told[op] if op in self._told else _FIRST)]

    def _tell_parts(self) -> Iterator[Part]:
        """What there is to say of these."""
        waiting = {op.id: op for each in self._waiting.values() for op in each.values()}
        for op_id in self._parts:
            self._told[op_id] = self._came[op_id]
            op = waiting[op_id]
            held = {*names_of(op), *self._in_lists(op)}.intersection(self.blocks)
            made = Filter.of(held).bits
            if len(made) <= MOST_FILTER:  # else others are told when all of it is here
                yield Part(op, made)

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
                    self._came[op] += 1
                    new = self._listed_in(digest) if digest in self._lists.get(op, ()) else ()
                    lacking.update(dict.fromkeys(each for each in new if each not in self.blocks))
            if not lacking:
                self._lacks_no_more(op)

    def _lacks_no_more(self, op: str) -> None:
        """All blocks of an operation are here, or it does not count: nobody has to be asked for parts of it."""
        del self._lacking[op]
        self._lists.pop(op, None)
        self._came.pop(op, None)
        self._told.pop(op, None)
        for other in self.others.values():
            other.parts.pop(op, None)

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

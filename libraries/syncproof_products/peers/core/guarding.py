"""What is told to whom where not everybody may read everything, and who may write what."""

from __future__ import annotations

from collections.abc import Callable

from syncproof_products.peers.core.access import Access, fits
from syncproof_products.peers.core.actions import Action, Refuse
from syncproof_products.peers.core.gathering import Gathering
from syncproof_products.peers.core.lists import names_of
from syncproof_products.peers.core.model import Op, device_of


class Guarding(Gathering):
    """Base of a node. name, read: see there."""

    def __init__(self, name: str, read: Callable[[str], bytes]) -> None:
        super().__init__(read)
        self.name = name
        #: Who may read and write what.
        self.access = Access()
        #: Blocks of what not everybody may read -> operations that have each.
        self._guarded: dict[str, list[Op]] = {}
        #: How many of its own operations others have.
        self.known = 0

    def may_write(self, path: str) -> bool:
        """Whether this peer may."""
        return self.access.may_write(self.name, path)

    def _kept_by(self, peer: str, upto: int) -> int:
        """Up to which own operation one that says so has them: who may not know what one says has nothing of it.

        What nobody else may know nobody else can have.
        """
        alone = (device_of(self.name),)
        new = self.ops.get(self.name, [])[self.known : upto]
        return next((op.seq - 1 for op in new if not op.is_for(peer) and op.readers != alone), upto)

    def _may_have(self, peer: str, digest: str) -> bool:
        """Whether a block is of something that a peer may read."""
        guarded = self._guarded.get(digest, ())
        return (
            not guarded
            or any(op.is_for(peer) for op in guarded)
            or any(self._needs(op, digest) for each in self.ops.values() for op in each if op.is_for(peer))
        )

    def _guard(self, op: Op) -> None:
        if op.readers:
            for digest in dict.fromkeys((*names_of(op), *self._in_lists(op))):
                self._guarded.setdefault(digest, []).append(op)

    def _reads(self, op: Op) -> bool:
        """Whether what an operation says is for this peer."""
        return op.is_for(device_of(self.name))

    def _withheld(self, peer: str, op: Op) -> list[Action]:
        """A peer has shown an operation without what it says, and this peer may know that: others are asked for it."""
        if op.is_for(peer):
            return [Refuse(peer, f"it says not what is in operation {op.id}", caught=True)]
        veiled = self.others[peer].veiled
        veiled[op.author] = min(op.seq, veiled.get(op.author, op.seq))
        return []

    def _ruled_by(self, op: Op) -> tuple[str, ...]:
        """The paths that an operation's rules are about, of those that there are or were, where they count."""
        if not op.rules or op.author != self.access.owner:
            return ()
        known = {path for each in self.ops.values() for one in each for path in one.paths}
        return tuple(sorted(path for path in known if any(fits(rule.pattern, path) for rule in op.rules)))

"""What is told to whom where not everybody may read everything, and who may write what."""

from __future__ import annotations

from collections.abc import Callable

from syncproof_products.peers.core.access import Access, fits
from syncproof_products.peers.core.actions import Action, Refuse, Send
from syncproof_products.peers.core.gathering import Gathering
from syncproof_products.peers.core.lists import lists_of, names_of
from syncproof_products.peers.core.model import MOST, Clock, Op, device_of
from syncproof_products.peers.core.proofs import message_to


class Guarding(Gathering):
    """Base of a node. name, read: see there."""

    def __init__(self, name: str, read: Callable[[str], bytes]) -> None:
        super().__init__(read)
        self.name = name
        #: Who may read and write what.
        self.access = Access()
        #: Blocks of what not everybody may read -> operations that have each, by their names.
        self._guarded: dict[str, dict[str, Op]] = {}
        #: Blocks that are stored, and of which nobody has said since the start what they belong to.
        self._of_nothing: set[str] = set()
        #: How many of its own operations others have.
        self.known = 0

    def may_write(self, path: str) -> bool:
        """Whether this peer may: what is kept from it, it does not write."""
        readers = self.access.readers_of(path)
        return (not readers or device_of(self.name) in readers) and self.access.may_write(self.name, path)

    def _kept(self) -> int:
        """Up to which own operation others have all: who may not know what one says has nothing of it.

        What nobody else may know nobody else can have.
        """
        alone = (device_of(self.name),)
        known = self.known
        for op in self.ops.get(self.name, [])[known:]:
            if op.readers != alone and not any(self._has(other, op) for other in self.others.values()):
                break
            known = op.seq
        return known

    def _to_come(self, author: str) -> int:
        """Up to which operation of an author anybody can be waited for.

        Who may not know one has what comes behind it. Nobody knows when it comes from somebody who may.
        """
        others = self.others.values()
        first = min((each.veiled[author] for each in others if author in each.veiled), default=MOST)
        offered = any(each.offers(author) >= first for each in others if not each.late)
        return MOST if offered else first - 1

    def _may_have(self, peer: str, digest: str) -> bool:
        """Whether a block is of something that a peer may read.

        That it says so itself proves nothing: it may know the name of the block alone.
        """
        guarded = self._guarded.get(digest, {}).values()
        if all(op.is_for(peer) for op in guarded):
            return digest not in self._of_nothing
        told = (op for each in self.ops.values() for op in each if op.is_for(peer))
        return any(self._needs(op, digest) for op in told if device_of(op.author) != peer)

    def _guard(self, op: Op) -> None:
        """What an operation is the first to bring is kept from whom it is not for. What was here before it is not."""
        if not (op.readers or self._of_nothing):
            return
        digests = dict.fromkeys((*names_of(op), *self._in_lists(op)))
        if op.readers:
            for digest in digests:
                if digest not in self.blocks or digest in self._of_nothing:
                    self._guarded.setdefault(digest, {})[op.id] = op
        self._of_nothing.difference_update(digests)

    def _guard_listed(self, digest: str) -> None:
        """A block has come: where it is a list, what that names is guarded like what names it."""
        for op in list(self._guarded.get(digest, {}).values()):
            if digest in lists_of(op):
                self._guard(op)

    def _warn(self, peer: str, has: Clock) -> list[Action]:
        """Tell a peer once more of an author of whom it has what does not count: it may have been let in since."""
        warned = self.others[peer].warned
        found = {
            author: proof
            for author, (since, proof) in self.exposed.items()
            if has.get(author, 0) >= since and author not in warned
        }
        warned.update(found)
        return [Send(peer, message_to(peer, proof)) for proof in found.values()]

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

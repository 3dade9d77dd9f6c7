"""Bugs by which rules of who may read and write what are known, and not kept."""

from __future__ import annotations

from collections.abc import Callable

from syncproof_defects import breaks
from syncproof_products.peers.core.access import Access
from syncproof_products.peers.core.guarding import Guarding
from syncproof_products.peers.core.model import Op


@breaks(Op, "told_to")
def tells_what_may_not_be_read(original: Callable[[Op, str], Op], self: Op, device: str) -> Op:
    """What may be read is said of each change, and it is told to whoever asks for it."""
    if original(self, device) is not self:
        tells_what_may_not_be_read.ran()
    return self


@tells_what_may_not_be_read.breaks(Guarding, "_may_have")
def _with_what_is_in_it(
    original: Callable[[Guarding, str, str], bool], self: Guarding, peer: str, digest: str
) -> bool:
    del original, self, peer, digest
    return True


@breaks(Access, "allowed")
def counts_what_anybody_writes(original: Callable[[Access, Op], Op], self: Access, op: Op) -> Op:
    """Who keeps to the rules changes what it may; what anybody else says counts as well."""
    if original(self, op) is not op:
        counts_what_anybody_writes.ran()
    return op

"""Bugs by which somebody gains by a key that is known, by being many, or by a well chosen name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from syncproof_defects import breaks
from syncproof_products.peers.agent import connections
from syncproof_products.peers.agent.connections import Connections
from syncproof_products.peers.core import node
from syncproof_products.peers.core.messages import Hello, Message
from syncproof_products.peers.core.model import Vote
from syncproof_products.peers.core.node import Node


@breaks(Connections, "_check")
def asks_not_who_shares_the_folder(
    original: Callable[[Connections, Message, str, bytes | None], str],
    self: Connections,
    hello: Message,
    expected: str,
    certificate: bytes | None,
) -> str:
    """Whose key is known is let in, whatever is shared with that one."""
    if (
        isinstance(hello, Hello)
        and hello.device not in self._store.members()
        and self._is(hello.device, certificate)
    ):
        asks_not_who_shares_the_folder.ran()
        return hello.device
    return original(self, hello, expected, certificate)


@breaks(Node, "_is_let_in")
def lets_in_whoever_speaks(original: Callable[[Node, str], bool], self: Node, author: str) -> bool:
    """Whoever has signed something is one of them, and has a vote."""
    if not original(self, author):
        lets_in_whoever_speaks.ran()
    return True


@lets_in_whoever_speaks.breaks(node, "outvoted")
def _votes_too(
    original: Callable[[Iterable[tuple[str, Vote]], Collection[str]], set[str]],
    votes: Iterable[tuple[str, Vote]],
    members: Collection[str],
) -> set[str]:
    given = list(votes)
    return original(given, {*members, *(voter for voter, _ in given)})


@breaks(connections, "anchors")
def has_no_neighbours_but_those_of_its_place(
    original: Callable[[Collection[str], Sequence[str], Collection[str], bytes], set[str]],
    near: Collection[str],
    others: Sequence[str],
    reach: Collection[str],
    secret: bytes,
) -> set[str]:
    """Names alone say who is whose neighbour."""
    if original(near, others, reach, secret):
        has_no_neighbours_but_those_of_its_place.ran()
    return set()

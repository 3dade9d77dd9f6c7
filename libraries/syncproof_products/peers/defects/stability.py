"""Bugs that take days to show: a peer that runs, and is no more what it was when it began."""

from __future__ import annotations

from collections.abc import Callable

from syncproof_defects import breaks
from syncproof_products.peers.core.actions import Action
from syncproof_products.peers.core.asking import Asking
from syncproof_products.peers.core.messages import Message
from syncproof_products.peers.core.node import Node

_PLACES = 20


@breaks(Asking, "_ask")
def lost_connections_keep_their_places(
    original: Callable[[Asking], list[Action]], self: Asking
) -> list[Action]:
    """Each lost connection keeps one of twenty places for questions: with none left, a peer asks nobody any more."""
    if vars(self).get("_places_kept", 0) < _PLACES:
        return original(self)
    lost_connections_keep_their_places.ran()
    return []


@lost_connections_keep_their_places.breaks(Node, "disconnected")
def _one_more_is_kept(original: Callable[[Node, str], list[Action]], self: Node, peer: str) -> list[Action]:
    vars(self)["_places_kept"] = vars(self).get("_places_kept", 0) + (peer in self.others)
    return original(self, peer)


@breaks(Node, "received")
def remembers_all_that_was_said(
    original: Callable[[Node, str, Message], list[Action]], self: Node, peer: str, message: Message
) -> list[Action]:
    """A peer keeps each message that it ever got."""
    remembers_all_that_was_said.ran()
    vars(self).setdefault("_said", []).append(message)
    return original(self, peer, message)

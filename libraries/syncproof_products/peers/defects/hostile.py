"""Bugs that only a peer which does harm makes use of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from syncproof_defects import breaks
from syncproof_products.peers.agent import adapter, device
from syncproof_products.peers.agent.connections import Connections
from syncproof_products.peers.agent.pace import Pace
from syncproof_products.peers.agent.store import Delivery
from syncproof_products.peers.core import node
from syncproof_products.peers.core.actions import Action
from syncproof_products.peers.core.asking import Asking
from syncproof_products.peers.core.model import Op, Vote
from syncproof_products.peers.core.node import Node
from syncproof_products.peers.core.proofs import Proof
from syncproof_products.peers.core.reputation import Reputation


@breaks(Node, "_expose")
def keeps_what_a_liar_said_before(
    original: Callable[[Node, Proof], list[Action]], self: Node, proof: Proof
) -> list[Action]:
    """When an author is exposed, nothing more of it is taken; what had come of it stays as it is."""
    before = {path: dict(heads) for path, heads in self.heads.items()}
    actions = original(self, proof)
    if self.heads != before:
        keeps_what_a_liar_said_before.ran()
        self.heads.update(before)
    return actions


@breaks(node, "holds")
def takes_blocks_as_they_come(original: Callable[[str, bytes], bool], digest: str, data: bytes) -> bool:
    """A block is taken for the one that was asked for, whatever is in it."""
    if not original(digest, data):
        takes_blocks_as_they_come.ran()
    return True


@breaks(node, "is_true")
def believes_what_is_said_of_files(
    original: Callable[[Op, Callable[[str], bytes]], bool], op: Op, read: Callable[[str], bytes]
) -> bool:
    """Sizes and hashes are taken as they are told, and not held against the content."""
    if not original(op, read):
        believes_what_is_said_of_files.ran()
    return True


@breaks(device, "is_genuine")
def believes_without_a_signature(original: Callable[[Op], bool], op: Op) -> bool:
    """Whoever passes on what another one wrote is believed to pass it on as it was."""
    if not original(op):
        believes_without_a_signature.ran()
    return True


@breaks(Connections, "quarantine")
def goes_on_with_the_quarantined(
    original: Callable[[Connections, str, float], None], self: Connections, peer: str, until: float
) -> None:
    """Who is quarantined is only said to be."""
    del original, self, peer, until
    goes_on_with_the_quarantined.ran()


@breaks(Node, "disconnected")
def gives_up_what_a_liar_had(
    original: Callable[[Node, str], list[Action]], self: Node, peer: str
) -> list[Action]:
    """Blocks that one was asked for who is gone since are asked of nobody else."""
    gone = self.others.get(peer)
    for lacking in self._lacking.values():
        for digest in gone.under_way if gone else ():
            if digest in lacking:
                gives_up_what_a_liar_had.ran()
                del lacking[digest]
    return original(self, peer)


@breaks(Asking, "lose_patience")
def waits_for_whoever_was_asked(original: Callable[[Asking], list[Action]], self: Asking) -> list[Action]:
    """What one was asked for nobody else is asked for, as long as that one is connected."""
    del original
    if any(other.pulls or other.blocks for other in self.others.values()):
        waits_for_whoever_was_asked.ran()
    return []


@breaks(Reputation, "kept_waiting")
def forgives_everything(
    original: Callable[[Reputation, str, float], bool], self: Reputation, peer: str, now: float
) -> bool:
    """That somebody has left others waiting is forgotten at once."""
    del original, self, peer, now
    forgives_everything.ran()
    return False


@breaks(Asking, "_want")
def gets_all_from_one(
    original: Callable[[Asking, str], list[Action]], self: Asking, peer: str
) -> list[Action]:
    """As long as one is asked for blocks, no other one is."""
    if any(other.under_way for name, other in self.others.items() if name != peer):
        gets_all_from_one.ran()
        return []
    return original(self, peer)


@breaks(Pace, "take")
async def listens_to_whoever_talks(original: Callable[[Pace], Any], self: Pace) -> None:
    """Whatever comes is taken in as fast as it comes."""
    del original, self
    listens_to_whoever_talks.ran()


@breaks(node, "outvoted")
def counts_every_vote(
    original: Callable[[Iterable[tuple[str, Vote]], Collection[str]], set[str]],
    votes: Iterable[tuple[str, Vote]],
    members: Collection[str],
) -> set[str]:
    """Who votes again has another vote."""
    given = list(votes)
    if len({voter for voter, _ in given}) < len(given):
        counts_every_vote.ran()
    for _, vote in given:
        if sum(each == vote for _, each in given) > len(members) // 2:
            return set(vote.candidates) - {vote.stays}
    return original(given, members)


@breaks(adapter, "_delivery")
def tells_who_wrote_a_file_first(
    original: Callable[[Delivery, str], dict[str, object]], seen: Delivery, group: str
) -> dict[str, object]:
    """The log has all changes of a file under the name of whoever made the first one."""
    told = original(seen, group)
    for path in seen.op.paths:
        first = tells_who_wrote_a_file_first.state.setdefault(path, told["author"])
        if first != told["author"]:
            tells_who_wrote_a_file_first.ran()
            told = {**told, "author": first}
    return told

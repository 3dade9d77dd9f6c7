"""What a node wants done: whoever runs it does these in their order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from syncproof_products.peers.core.messages import Message
from syncproof_products.peers.core.model import Op
from syncproof_products.peers.core.proofs import Proof


@dataclass(frozen=True)
class Send:
    """A message for a peer that is connected."""

    to: str
    message: Message


@dataclass(frozen=True)
class Serve:
    """Read a block that is stored, and send it to a peer that is connected."""

    to: str
    digest: str


@dataclass(frozen=True)
class Keep:
    """Store a block: what comes behind needs it."""

    digest: str
    data: bytes


@dataclass(frozen=True)
class Deliver:
    """Store an operation for good, and lay out the paths that it changes. own: it was made here.

    also: paths that have other versions now by its rules.
    """

    op: Op
    own: bool
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """Another peer has the own operations up to this number."""

    seq: int


@dataclass(frozen=True)
class Refuse:
    """A peer said something that cannot be: end the connection.

    reason: for people. caught: no peer that is as it should be says so.
    """

    peer: str
    reason: str
    caught: bool = False


@dataclass(frozen=True)
class Unanswered:
    """A peer was asked for something, is there, and has not answered."""

    peer: str


@dataclass(frozen=True)
class Expose:
    """An author has done what none may do: store the proof for good, and tell users.

    at: from which of its operations on it is not believed. paths: which have other versions now.
    """

    proof: Proof
    at: int
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Promise:
    """Store for good to whom a lease was given last, before anybody is told. owner: "" for nobody any more."""

    lease: str
    owner: str
    epoch: int


@dataclass(frozen=True)
class Leased:
    """What this peer has of a lease now. until: so long, by its own clock; of one that is held."""

    lease: str
    state: Literal["held", "given_back", "lost"]
    epoch: int
    until: float = 0.0


Action = Send | Serve | Keep | Deliver | Known | Refuse | Unanswered | Expose
OfLeases = Send | Promise | Leased


def paths_of(actions: Iterable[Action]) -> list[str]:
    """What has other versions now."""
    found: list[str] = []
    for action in actions:
        if isinstance(action, Deliver):
            found += [*action.op.paths, *action.also]
        elif isinstance(action, Expose):
            found += action.paths
    return found

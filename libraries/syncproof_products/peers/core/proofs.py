"""Proofs of what an author does that none may do: any peer can check them by itself."""

from __future__ import annotations

import msgspec

from syncproof_products.peers.core.forks import forked_at
from syncproof_products.peers.core.messages import Forked, Message, Ops
from syncproof_products.peers.core.model import Op


class Lie(msgspec.Struct, frozen=True, tag="lie"):
    """An operation that says of a file what is not so, see `core.contents`."""

    op: Op


Proof = Forked | Lie
encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Proof).decode


def author_of(proof: Proof) -> str:
    """Who is not to be believed."""
    return proof.op.author if isinstance(proof, Lie) else proof.one.author


def at(proof: Proof) -> int:
    """From which of its operations on."""
    return proof.op.seq if isinstance(proof, Lie) else forked_at(proof.one, proof.other)


def in_words(proof: Proof) -> str:
    """What its author does, for people."""
    if isinstance(proof, Lie):
        return "says of files what is not so"
    return "says different things to different peers"


def message_to(device: str, proof: Proof) -> Message:
    """How another one is told. Who hears a lie fetches what is in it, and finds that out by itself, where it may."""
    if isinstance(proof, Lie):
        return Ops((proof.op.told_to(device),))
    return Forked(proof.one.told_to(device), proof.other.told_to(device))

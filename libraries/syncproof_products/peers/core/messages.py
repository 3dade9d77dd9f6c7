"""Messages between two peers."""

from __future__ import annotations

import msgspec

from syncproof_products.peers.core.model import Clock, Number, Op
from syncproof_synckit.relative_path import RelativePathOrNone

#: Of what this program speaks. 1: operations had no signatures. 2: nobody asked whether another one is still there. 3:
#: peers spoke no TLS. 4: blocks were not compressed. 5: messages were as long as what they said. 6: nobody told of
#: what it has in part. 7: everybody could read, and write, everything.
PROTOCOL = 8


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """The first message of both. folder: the name of what they share."""

    device: str
    folder: str
    protocol: int = PROTOCOL


class Have(msgspec.Struct, frozen=True, tag="have"):
    """All operations that the sender has, with everything that is in them.

    tips: how the fingerprint of each author's last one of these begins.
    """

    has: Clock
    tips: dict[str, str] = {}


class Pull(msgspec.Struct, frozen=True, tag="pull"):
    """Asks for the operations behind these, up to those."""

    after: Clock
    upto: Clock


class Ops(msgspec.Struct, frozen=True, tag="ops"):
    """Operations, causes before effects."""

    ops: tuple[Op, ...]


class Part(msgspec.Struct, frozen=True, tag="part"):
    """An operation that the sender has, but not all of its blocks. blocks: the filter of those that it has."""

    op: Op
    blocks: bytes


class Want(msgspec.Struct, frozen=True, tag="want"):
    """Asks for a block."""

    digest: str


class Block(msgspec.Struct, frozen=True, tag="block"):
    """A block; data is None where the sender does not have it. packed: it is compressed, see `agent.packing`."""

    digest: str
    data: bytes | None
    packed: bool = False


class Still(msgspec.Struct, frozen=True, tag="still"):
    """Asks whether the other side is still there, after it was asked for something else that has not come."""


class Here(msgspec.Struct, frozen=True, tag="here"):
    """The sender is. It says so behind everything that it was asked for before."""


class Forked(msgspec.Struct, frozen=True, tag="forked"):
    """Proof that an author says different things to different peers, see `core.forks`."""

    one: Op
    other: Op


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """Asks for a lease, or for more of one. lease: its name, the path of a file or "".

    held: the sender has it, and asks for more.
    sent: when, by the sender's own clock, which says nothing to others: it comes back with the answer.
    """

    lease: RelativePathOrNone
    epoch: Number
    held: bool
    sent: float


class Grant(msgspec.Struct, frozen=True, tag="grant"):
    """The sender gives nobody else this lease until it has run out."""

    lease: RelativePathOrNone
    epoch: Number
    sent: float


class Deny(msgspec.Struct, frozen=True, tag="deny"):
    """The sender has given a lease to somebody else ("": to nobody now), and knows of epochs up to this one."""

    lease: RelativePathOrNone
    owner: str
    epoch: Number
    sent: float


class GiveBack(msgspec.Struct, frozen=True, tag="give_back"):
    """The sender does not need a lease any more, in any epoch up to this one."""

    lease: RelativePathOrNone
    epoch: Number


OfLease = Ask | Grant | Deny | GiveBack
Message = Hello | Have | Pull | Ops | Part | Want | Block | Still | Here | Forked | OfLease
encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Message).decode

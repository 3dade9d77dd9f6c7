"""Messages between two peers."""

from __future__ import annotations

import msgspec

from syncproof_products.peers.core.model import Clock, Op

#: Of what this program speaks.
PROTOCOL = 1


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """The first message of both. folder: the name of what they share."""

    device: str
    folder: str
    protocol: int = PROTOCOL


class Have(msgspec.Struct, frozen=True, tag="have"):
    """All operations that the sender has, with everything that is in them."""

    has: Clock


class Pull(msgspec.Struct, frozen=True, tag="pull"):
    """Asks for the operations behind these, up to those."""

    after: Clock
    upto: Clock


class Ops(msgspec.Struct, frozen=True, tag="ops"):
    """Operations, causes before effects."""

    ops: tuple[Op, ...]


class Want(msgspec.Struct, frozen=True, tag="want"):
    """Asks for a block."""

    digest: str


class Block(msgspec.Struct, frozen=True, tag="block"):
    """A block; data is None where the sender does not have it."""

    digest: str
    data: bytes | None


Message = Hello | Have | Pull | Ops | Want | Block
encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Message).decode

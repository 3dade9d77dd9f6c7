"""The envelope of a payload: what a relay sees of it. MessagePack, as an array."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from syncproof_synckit.encryption.errors import PayloadRefused
from syncproof_synckit.encryption.ids import ID_BYTES
from syncproof_synckit.encryption.payload import NONCE_BYTES, seal, unseal
from syncproof_synckit.encryption.secret import Secret

VERSION = 1
#: The types of an envelope: it holds the body of an operation alone, or together with what is said of its contents.
BODY, CONTENTS = 1, 2


class Header(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What is readable, and authenticated together with the payload.

    kind: what the payload is. sender, group: 32 bytes. cursor: the last place that the sender had received.
    timestamp: seconds since 1970 by the sender's clock.
    """

    version: int
    kind: int
    sender: bytes
    group: bytes
    cursor: int
    timestamp: int


class Envelope(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A header, 24 bytes of nonce, and the payload with its tag."""

    header: Header
    nonce: bytes
    payload: bytes


def pack(envelope: Envelope) -> bytes:
    """The bytes; fewer than 200 where the payload is small (plan Z, 4.3)."""
    return msgspec.msgpack.encode(envelope)


def unpack(data: bytes) -> Envelope:
    """The envelope. Raises PayloadRefused for anything else."""
    try:
        envelope = msgspec.msgpack.decode(data, type=Envelope)
    except msgspec.MsgspecError as error:
        raise PayloadRefused(f"it is no envelope: {error}") from None
    header = envelope.header
    if header.version != VERSION:
        raise PayloadRefused(
            f"its version is {header.version}, this device reads {VERSION}; update the device"
        )
    for name, value, size in (
        ("sender", header.sender, ID_BYTES),
        ("group", header.group, ID_BYTES),
        ("nonce", envelope.nonce, NONCE_BYTES),
    ):
        if len(value) != size:
            raise PayloadRefused(f"its {name} has {len(value)} bytes, expected {size}")
    return envelope


def close(key: Secret, header: Header, nonce: bytes, plaintext: bytes, context: bytes) -> Envelope:
    """Seal a payload into an envelope.

    context: what it belongs to outside of the envelope, such as the id of its operation; a payload that is moved to
    another one is refused there. nonce: 24 random bytes.
    """
    return Envelope(header, nonce, seal(key, nonce, plaintext, _bound(header, context)))


def open_(key: Secret, envelope: Envelope, context: bytes) -> bytes:
    """The plaintext. Raises PayloadRefused, see `unseal`."""
    return unseal(key, envelope.nonce, envelope.payload, _bound(envelope.header, context))


def _bound(header: Header, context: bytes) -> bytes:
    """What is authenticated beside the payload, so that no two pairs give the same bytes."""
    return msgspec.msgpack.encode((header, context))

"""Signatures of operations: whoever has one can tell that its author said it, whoever passed it on.

An author's name has a fingerprint of the key in it, so that nobody else can write under that name.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec.structs import replace

from syncproof_products.peers.core.model import DEVICE, Op, author_of, device_of

_DEVICE = re.compile(DEVICE)


class Signer:
    """device: whose operations these are. secret: 32 bytes, drawn by chance, of this device alone."""

    def __init__(self, device: str, secret: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(secret)
        self._salting = hashlib.sha256(b"salt" + secret).digest()
        self._public = self._private.public_key().public_bytes_raw()
        self.author = author_of(device, _fingerprint(self._public))

    def sign(self, op: Op) -> Op:
        """The operation with its signature."""
        salt = hmac.digest(self._salting, op.id.encode(), "sha256") if op.readers else b""
        op = replace(op, public=self._public, salt=salt)
        return replace(op, signature=self._private.sign(op.unsigned()))


def is_genuine(op: Op) -> bool:
    """Whether an operation is what its author has signed, and the author's name one that a file may have in its own."""
    if not _DEVICE.fullmatch(device_of(op.author)) or not op.is_either():
        return False
    if op.author != author_of(device_of(op.author), _fingerprint(op.public)):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(op.public).verify(op.signature, op.unsigned())
    except (InvalidSignature, ValueError):
        return False
    return True


def _fingerprint(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]

"""Ed25519 (RFC 8032): what one device alone can have said."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from syncproof_synckit.encryption.hkdf import expand
from syncproof_synckit.encryption.secret import Secret

KEY_BYTES = 32
SIGNATURE_BYTES = 64


class SigningKey:
    """The key with which a device signs. identity: its own secret key, from which it follows."""

    def __init__(self, identity: Secret) -> None:
        seed = expand(identity, b"signing", KEY_BYTES)
        self._private = Ed25519PrivateKey.from_private_bytes(seed.reveal())
        self.public = self._private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """64 bytes that only this key gives."""
        return self._private.sign(message)


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the owner of a public key signed this very message. Anything else is not, whatever is wrong with it."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True

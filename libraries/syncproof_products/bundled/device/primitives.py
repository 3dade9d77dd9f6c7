"""The cryptography of device verification, from a library that is made for it."""

from __future__ import annotations

import hashlib
import os

from syncproof_products.bundled.core.sas import Primitives


def primitives(identity: bytes) -> Primitives:
    """X25519, HKDF-SHA256, HMAC-SHA256, SHA-256; identity: the device's own secret key, 32 bytes.

    The library is imported when it is first used: most devices never verify anybody, and importing it takes longer
    than starting a device.
    """

    def public(secret: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

        return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()

    def shared(secret: bytes, other: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

        return X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(other))

    def derive(secret: bytes, purpose: str, size: int) -> bytes:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), size, salt=None, info=purpose.encode()).derive(secret)

    def mac(key: bytes, data: bytes) -> bytes:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.hmac import HMAC

        made = HMAC(key, SHA256())
        made.update(data)
        return made.finalize()

    return Primitives(
        private=lambda: os.urandom(32),
        public=public,
        shared=shared,
        derive=derive,
        mac=mac,
        digest=lambda data: hashlib.sha256(data).digest(),
        identity=lambda: public(identity),
    )

"""HKDF-SHA256 (RFC 5869): keys for one purpose each."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from syncproof_synckit.encryption.secret import Secret


def expand(secret: Secret, purpose: bytes, size: int, salt: bytes = b"") -> Secret:
    """A key of `size` bytes. purpose: another one gives another key. salt: may be public."""
    return Secret(
        HKDF(SHA256(), size, salt=salt or None, info=b"syncproof/1 " + purpose).derive(secret.reveal())
    )

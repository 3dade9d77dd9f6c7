"""XChaCha20-Poly1305 with random nonces of 192 bits (draft-irtf-cfrg-xchacha-03)."""

from __future__ import annotations

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from syncproof_synckit.encryption.errors import PayloadRefused
from syncproof_synckit.encryption.secret import Secret

NONCE_BYTES = 24
TAG_BYTES = 16


def seal(key: Secret, nonce: bytes, plaintext: bytes, bound: bytes = b"") -> bytes:
    """Ciphertext and tag.

    Args:
        key: 32 bytes.
        nonce: 24 random bytes, never used before with this key: chance alone suffices at this size.
        plaintext: may be empty (plan E-ENC-05).
        bound: what the ciphertext belongs to; whoever opens it must name the same.
    """
    return crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, bound, nonce, key.reveal())


def unseal(key: Secret, nonce: bytes, ciphertext: bytes, bound: bytes = b"") -> bytes:
    """The plaintext. Raises PayloadRefused where anything differs from what was sealed; then nothing comes out."""
    if len(nonce) != NONCE_BYTES:
        raise PayloadRefused(f"its nonce has {len(nonce)} bytes, expected {NONCE_BYTES}")
    if len(ciphertext) < TAG_BYTES:
        raise PayloadRefused(f"it is cut: {len(ciphertext)} bytes, its tag alone has {TAG_BYTES}")
    try:
        return crypto_aead_xchacha20poly1305_ietf_decrypt(ciphertext, bound, nonce, key.reveal())
    except CryptoError:
        raise PayloadRefused(
            "it is not what a member of the group sealed: its authentication fails"
        ) from None

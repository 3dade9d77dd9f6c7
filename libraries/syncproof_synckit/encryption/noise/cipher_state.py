"""CipherState: a key and a counter (Noise, 5.1 and 12.3)."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from syncproof_synckit.encryption.secret import Secret

TAG_BYTES = 16
#: The last counter is reserved (5.1).
_MAX_NONCE = 2**64 - 1


class NotAuthentic(Exception):
    """The tag does not belong to this text, key, counter and associated data."""


class CipherState:
    """Encrypts one message after the other; without a key it passes them as they are (5.1: EncryptWithAd)."""

    def __init__(self, key: Secret | None = None) -> None:
        self.key = key
        self._aead = ChaCha20Poly1305(key.reveal()) if key is not None else None
        self._nonce = 0

    @property
    def overhead(self) -> int:
        """By how many bytes a message becomes longer."""
        return TAG_BYTES if self._aead is not None else 0

    def encrypt(self, associated: bytes, plaintext: bytes) -> bytes:
        """EncryptWithAd. Raises OverflowError when the counter is used up."""
        if self._aead is None:
            return plaintext
        ciphertext = self._aead.encrypt(self._counter(), plaintext, associated)
        self._nonce += 1
        return ciphertext

    def decrypt(self, associated: bytes, ciphertext: bytes) -> bytes:
        """DecryptWithAd. Raises NotAuthentic, and then counts nothing (5.1)."""
        if self._aead is None:
            return ciphertext
        try:
            plaintext = self._aead.decrypt(self._counter(), ciphertext, associated)
        except InvalidTag:
            raise NotAuthentic from None
        self._nonce += 1
        return plaintext

    def _counter(self) -> bytes:
        """12.3: 32 bits of zeros, then the counter in 64 bits, little-endian."""
        if self._nonce >= _MAX_NONCE:
            raise OverflowError("a key has encrypted 2^64 - 1 messages")
        return bytes(4) + self._nonce.to_bytes(8, "little")

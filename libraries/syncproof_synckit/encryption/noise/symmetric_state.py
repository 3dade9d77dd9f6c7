"""SymmetricState: chaining key, transcript hash, and the cipher of the handshake (Noise, 5.2)."""

from __future__ import annotations

import hashlib
import hmac

from syncproof_synckit.encryption.noise.cipher_state import CipherState
from syncproof_synckit.encryption.secret import Secret

_HASH_BYTES = 32


def hkdf(chaining_key: Secret, material: bytes) -> tuple[Secret, Secret]:
    """HKDF with two outputs (4.3), with HMAC-SHA256."""
    extracted = _hmac(chaining_key.reveal(), material)
    first = _hmac(extracted, b"\x01")
    return Secret(first), Secret(_hmac(extracted, first + b"\x02"))


class SymmetricState:
    """5.2. protocol: the full name, which both sides must agree in."""

    def __init__(self, protocol: str) -> None:
        name = protocol.encode("ascii")
        self.hash = (
            name.ljust(_HASH_BYTES, b"\0") if len(name) <= _HASH_BYTES else hashlib.sha256(name).digest()
        )
        self._chaining_key = Secret(self.hash)
        self.cipher = CipherState()

    def mix_key(self, secret: Secret) -> None:
        """MixKey: the next key depends on this secret and all before it."""
        self._chaining_key, key = hkdf(self._chaining_key, secret.reveal())
        self.cipher = CipherState(key)

    def mix_hash(self, data: bytes) -> None:
        """MixHash: the transcript has these bytes too."""
        self.hash = hashlib.sha256(self.hash + data).digest()

    def encrypt_and_hash(self, plaintext: bytes) -> bytes:
        """EncryptAndHash: bound to the whole transcript so far."""
        ciphertext = self.cipher.encrypt(self.hash, plaintext)
        self.mix_hash(ciphertext)
        return ciphertext

    def decrypt_and_hash(self, ciphertext: bytes) -> bytes:
        """DecryptAndHash. Raises NotAuthentic."""
        plaintext = self.cipher.decrypt(self.hash, ciphertext)
        self.mix_hash(ciphertext)
        return plaintext

    def split(self) -> tuple[CipherState, CipherState]:
        """Split: one cipher for what the initiator sends, one for what it receives."""
        first, second = hkdf(self._chaining_key, b"")
        return CipherState(first), CipherState(second)


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")

"""X25519, as Noise uses it (section 12.1)."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from syncproof_synckit.encryption.secret import Secret

KEY_BYTES = 32


class DhKeys:
    """A pair of keys.

    private: 32 bytes. Raises ValueError for another size.
    """

    def __init__(self, private: bytes) -> None:
        self._private = X25519PrivateKey.from_private_bytes(private)
        self.public = self._private.public_key().public_bytes_raw()

    def exchange(self, other: bytes) -> Secret:
        """The secret shared with the owner of the public key `other`.

        Raises ValueError for a key of low order, with which anybody knows the secret (RFC 7748, 6.1).
        """
        return Secret(self._private.exchange(X25519PublicKey.from_public_bytes(other)))

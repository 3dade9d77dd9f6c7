"""The key encapsulation of the hybrid pattern: ML-KEM-768 (FIPS 203)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey

from syncproof_synckit.encryption.secret import Secret

PUBLIC_BYTES = 1184
CIPHERTEXT_BYTES = 1088
_SEED_BYTES = 64


class KemKeys(Protocol):
    """An ephemeral pair of keys."""

    @property
    def public(self) -> bytes:
        """The encapsulation key, as it is sent."""

    def decapsulate(self, ciphertext: bytes) -> Secret:
        """The secret in a ciphertext. Raises ValueError for one of the wrong size.

        A ciphertext of the right size that was changed gives another secret, and no error (FIPS 203, 7.3: implicit
        rejection). What comes behind it then fails to authenticate.
        """


class Kem(Protocol):
    """What the pattern needs of a key encapsulation mechanism."""

    def generate(self) -> KemKeys:
        """A fresh pair."""

    def check(self, public: bytes) -> None:
        """Raises ValueError for what is no key."""

    def encapsulate(self, public: bytes) -> tuple[Secret, bytes]:
        """A new secret and its ciphertext for the owner of `public`, which was checked."""


class MlKem768:
    """ML-KEM-768.

    random: gives so many random bytes; the seed of a pair is 64 (FIPS 203, 7.1: d and z).
    """

    def __init__(self, random: Callable[[int], bytes]) -> None:
        self._random = random

    def generate(self) -> KemKeys:
        """FIPS 203, 7.1."""
        return _Keys(MLKEM768PrivateKey.from_seed_bytes(self._random(_SEED_BYTES)))

    def check(self, public: bytes) -> None:
        """FIPS 203, 7.2: it has the right size, and each coefficient is below the modulus."""
        if len(public) != PUBLIC_BYTES:
            raise ValueError(f"it has {len(public)} bytes, a key has {PUBLIC_BYTES}")
        try:
            MLKEM768PublicKey.from_public_bytes(public)
        except ValueError:
            # The library says of this, too, that the size is wrong.
            raise ValueError("it is malformed: a coefficient is not below the modulus") from None

    def encapsulate(self, public: bytes) -> tuple[Secret, bytes]:
        """FIPS 203, 7.2."""
        secret, ciphertext = MLKEM768PublicKey.from_public_bytes(public).encapsulate()
        return Secret(secret), ciphertext


class _Keys:
    def __init__(self, private: MLKEM768PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw()

    def decapsulate(self, ciphertext: bytes) -> Secret:
        """FIPS 203, 7.3."""
        return Secret(self._private.decapsulate(ciphertext))

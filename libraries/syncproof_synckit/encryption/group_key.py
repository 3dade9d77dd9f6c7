"""The key of a group, from what its members know: Argon2id, as strong as the device can bear (RFC 9106)."""

from __future__ import annotations

from dataclasses import dataclass

from nacl.bindings import crypto_pwhash_alg, crypto_pwhash_ALG_ARGON2ID13

from syncproof_synckit.encryption.errors import EncryptionError
from syncproof_synckit.encryption.hkdf import expand
from syncproof_synckit.encryption.secret import Secret

KEY_BYTES = 32
_SALT_BYTES = 16
_MAX_PASSPHRASE_BYTES = 1024
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What one derivation costs. memory_mib: memory in MiB. iterations: passes over it."""

    memory_mib: int
    iterations: int

    @classmethod
    def for_memory(cls, ram_mb: int) -> Cost:
        """The cost for a device with so many MB of memory.

        The plan gives four devices, of 1.5, 3, 6 and 16 GB; a device between two has the cost of the smaller.

        Example:
            >>> Cost.for_memory(6_000)
            Cost(memory_mib=46, iterations=1)

        Source: plan Z-CORE-05.
        """
        fitting = [cost for least, cost in _COSTS if ram_mb >= least]
        return fitting[-1] if fitting else _COSTS[0][1]

    def __str__(self) -> str:
        return f"argon2id m={self.memory_mib * 1024} t={self.iterations} p=1"

    @classmethod
    def parse(cls, text: str) -> Cost:
        """The cost that is written so. Raises EncryptionError for one that no device chooses.

        Example:
            >>> Cost.parse("argon2id m=47104 t=1 p=1")
            Cost(memory_mib=46, iterations=1)
        """
        for _, cost in _COSTS:
            if str(cost) == text:
                return cost
        known = ", ".join(str(cost) for _, cost in _COSTS)
        raise EncryptionError(
            f"a group's key is derived by one of {known}; expected one of these, seen {text!r}"
        )


_COSTS = ((0, Cost(12, 3)), (3_000, Cost(19, 2)), (6_000, Cost(46, 1)), (16_000, Cost(64, 3)))


@dataclass(frozen=True, slots=True)
class GroupKey:
    """What the members of a group share.

    encryption: for payloads. authentication: for what members prove to each other. content: from which the keys of
    large content are derived, one for each.
    """

    encryption: Secret
    authentication: Secret
    content: Secret

    @classmethod
    def derive(cls, passphrase: Secret, group_id: bytes, cost: Cost) -> GroupKey:
        """The key of a group.

        All members must use the same cost: it belongs to the group. The device that makes the group chooses it, and
        whoever is invited is told it together with the passphrase.

        Args:
            passphrase: 1 byte to 1 KiB.
            group_id: 32 bytes; its first half is the salt.
            cost: see `Cost.for_memory`.

        Raises:
            EncryptionError: no passphrase, or one that is too long.
        """
        if not 0 < len(passphrase) <= _MAX_PASSPHRASE_BYTES:
            raise EncryptionError(
                f"a passphrase has 1 to {_MAX_PASSPHRASE_BYTES} bytes, this one has {len(passphrase)}; choose another"
            )
        master = Secret(
            crypto_pwhash_alg(
                KEY_BYTES,
                passphrase.reveal(),
                group_id[:_SALT_BYTES],
                cost.iterations,
                cost.memory_mib * _MIB,
                crypto_pwhash_ALG_ARGON2ID13,
            )
        )
        return cls(*(expand(master, purpose, KEY_BYTES) for purpose in (b"payload", b"member", b"content")))

"""The keys of the encrypted groups that this device is in: derived off the event loop, kept in its database."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from syncproof_products.bundled.device.bodies import Bodies
from syncproof_products.bundled.device.group_sealing import GroupSealing
from syncproof_products.bundled.device.signers import Signers

if TYPE_CHECKING:
    from syncproof_synckit.encryption.group_key import Cost, GroupKey

#: How the fact is called that holds a group's key.
FACT = "group_key"
_KEY_BYTES = 32


def memory_mb() -> int:
    """How much memory the machine has, in MB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000


class GroupKeys:
    """Answers the sealing of each group. The libraries are imported with the first key: most devices have none.

    kept: keys by group, as `derive` answered them. memory_mb: what the derivation costs in a group that this device
    makes depends on it. identity: the device's own secret key. signers: told who signed what is opened. large:
    bodies that are contents.
    """

    def __init__(
        self,
        device: str,
        kept: Mapping[str, str],
        memory_mb: int,
        identity: bytes,
        signers: Signers,
        large: Bodies,
    ) -> None:
        self._device, self._memory_mb, self._identity = device, memory_mb, identity
        self._signers, self._large = signers, large
        self._kept = dict(kept)
        #: What deriving the key of a group took, when it was last derived here: ms of a processor.
        self.took_ms: dict[str, float] = {}
        self.sealings: dict[str, GroupSealing] = {
            group: self._sealing(group, key) for group, key in kept.items()
        }

    async def derive(self, group: str, passphrase: str, derivation: str | None) -> str:
        """The key of a group, to be kept: how it is derived, and the key (hex).

        derivation: as the device that made the group told it; None where this one makes it. Takes 50 ms to 1 s of a
        thread. Raises EncryptionError.
        """
        from syncproof_synckit.encryption.group_key import Cost

        chosen = derivation or self.derivation(group)
        cost = Cost.parse(chosen) if chosen else Cost.for_memory(self._memory_mb)
        key, self.took_ms[group] = await asyncio.to_thread(_derive, group, passphrase, cost)
        parts = (key.encryption, key.authentication, key.content)
        return f"{cost} {''.join(part.reveal().hex() for part in parts)}"

    def derivation(self, group: str) -> str:
        """How the key of a group is derived, for whoever is invited; "" where it has none here."""
        return self._kept.get(group, "").rpartition(" ")[0]

    def kept(self, group: str) -> str | None:
        """The key of a group as it is kept, for whoever is invited."""
        return self._kept.get(group)

    def forget(self, group: str) -> None:
        """This device did not become a member after all."""
        self._kept.pop(group, None)
        self.sealings.pop(group, None)

    def has_another(self, group: str, key: str) -> bool:
        """Whether the group has a key already, and not this one."""
        return self._kept.get(group, key) != key

    def use(self, group: str, key: str) -> None:
        """Seal what is said in this group from now on."""
        if group not in self._kept:
            self._kept[group] = key
            self.sealings[group] = self._sealing(group, key)

    def _sealing(self, group: str, key: str) -> GroupSealing:
        from syncproof_synckit.encryption.group_key import GroupKey
        from syncproof_synckit.encryption.sealed_body import BodySealing
        from syncproof_synckit.encryption.secret import Secret
        from syncproof_synckit.encryption.signature import SigningKey

        parts = bytes.fromhex(key.rpartition(" ")[2])
        secrets = (Secret(parts[at : at + _KEY_BYTES]) for at in range(0, 3 * _KEY_BYTES, _KEY_BYTES))
        group_key = GroupKey(*secrets)
        signing = SigningKey(Secret(self._identity))
        bodies = BodySealing(group_key, group, self._device, signing, random=os.urandom, clock=time.time)
        return GroupSealing(group, group_key, bodies, self._signers, self._large)


def check_kept(key: str) -> None:
    """Whether a key that came from elsewhere is written as members keep it. Raises EncryptionError."""
    from syncproof_synckit.encryption.errors import EncryptionError
    from syncproof_synckit.encryption.group_key import Cost

    derivation, _, parts = key.rpartition(" ")
    Cost.parse(derivation)
    if not re.fullmatch(f"[0-9a-f]{{{2 * 3 * _KEY_BYTES}}}", parts):
        raise EncryptionError(
            f"a group's key is written in {2 * 3 * _KEY_BYTES} hexadecimal digits, and the one here in {len(parts)} "
            "characters: ask for another invite"
        )


def _derive(group: str, passphrase: str, cost: Cost) -> tuple[GroupKey, float]:
    """The key, and the time of a processor that it took (ms): how long others kept this thread waiting says nothing."""
    from syncproof_synckit.encryption.group_key import GroupKey
    from syncproof_synckit.encryption.ids import group_id
    from syncproof_synckit.encryption.secret import Secret

    began = time.thread_time()
    key = GroupKey.derive(Secret(passphrase.encode()), group_id(group), cost)
    return key, (time.thread_time() - began) * 1000

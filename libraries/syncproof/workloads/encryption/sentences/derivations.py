"""Sentences about how the key of an encrypted group is derived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.workloads.encryption.cost import Cost
from syncproof.workloads.encryption.state import EncryptedGroup, not_encrypted

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class DerivedTheKey(Outcome):
    """A device must have derived the key of its group from the passphrase at this cost, by Argon2id (RFC 9106).

    ``cost``: a `Cost`. It belongs to the group: the device that makes the group chooses it by its own memory, and
    whoever is invited derives at the same. ``most``: a `Duration`, the most that it may take, of a processor and by the
    device's own word; TIME_SCALE does not apply and no slack is added.

    Waits until everything is at rest, see `Rest`. Fails with ``expected Alice to derive the group's key by 'argon2id
    m=65536 t=3 p=1', it did by ...``, and ``Alice took 1400 ms to derive the group's key, expected at most 1000 ms``.

    Example:
    | Given Alice has 6 GB of memory
    | And Alice and Bob are syncing end-to-end encrypted
    | When Alice sends 5 messages
    | Then Alice should have derived the key with 46 MiB and 1 iteration in at most 1 second

    Source: plan Z-CORE-05. Its least, 150 ms, is of the plan's own machine: what a guess costs is memory and passes.
    """

    template = "${device} should have derived the key with ${cost} in at most ${most}"
    check = "key_derivation"
    device: Device
    cost: Cost
    most: Duration

    def limits(self, world: World) -> dict[str, Any]:
        if not world.of(EncryptedGroup).passphrase:
            raise not_encrypted()
        return {"derivation": self.cost.written, "most_ns": self.most.ns}

"""Sentences about payloads that are damaged, or empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.encryption.damage import Damage, DamagedPayloads

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class SendsDamagedPayload(Sentence):
    """Another client of a device's user seals a payload properly, and hands it in with one change.

    ``damage``: a `Damage`. The relay cannot tell and takes it; every member has to refuse it.

    Enqueues, like `${device} sends ${count} messages`. Every test that has such a payload fails in the end unless every
    device has quarantined it, and nothing else. Fails at once where the group is not encrypted.

    Example:
    | And Alice's other client sends a payload with a flipped bit
    | Then Bob should have refused the payload within 10 seconds

    Source: plan E-ENC-01 to E-ENC-04.
    """

    page = "Devices"
    template = "${device}'s other client sends a payload with ${damage}"
    needs = ("other_client",)
    device: Device
    damage: Damage

    def run(self, world: World) -> None:
        world.of(DamagedPayloads).send(self.device.name, self.damage)


class SendsEmptyPayload(Sentence):
    """Another client of a device's user seals nothing at all: the payload has no byte, and is authentic.

    Encryption has to work with that: a device opens it, and finds that it is no message. It quarantines it for that
    reason, and not as one that somebody has forged.

    Enqueues, and fails, like `${device}'s other client sends a payload with ${damage}`.

    Example:
    | And Alice's other client sends an empty payload
    | Then Bob should have found the payload empty within 10 seconds

    Source: plan E-ENC-05.
    """

    page = "Devices"
    template = "${device}'s other client sends an empty payload"
    needs = ("other_client",)
    device: Device

    def run(self, world: World) -> None:
        world.of(DamagedPayloads).send(self.device.name, None)


class _Reports(Outcome):
    """Waits for what a device says of the payloads."""

    def ready(self, world: World) -> bool:
        told = world.history.quarantined.get(self.actors[0], {})
        return all(op_id in told for op_id in world.of(DamagedPayloads).op_ids)


class RefusesPayload(_Reports):
    """A device must refuse the payloads that were changed, say why, and go on in the same session.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits for its reports. Fails when the deadline passes, where the reason is not that a payload cannot be trusted,
    where the reason shows something of what was sealed, and where the device has connected anew since: a payload that
    cannot be opened is no reason to give up a session.

    Example:
    | When Alice's other client sends a payload with another tag
    | And Alice sends 10 messages
    | Then Bob should have refused the payload within 10 seconds

    Source: plan E-ENC-01 to E-ENC-04.
    """

    template = "${device} should have refused the payload within ${duration}"
    check = "payload_refused"
    needs = ("other_client",)
    device: Device
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return _sent(world, forged=True)


class OpensEmptyPayload(_Reports):
    """A device must open a payload without a byte in it, and go on in the same session.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits for its report. Fails when the deadline passes, where the device takes the payload for one that was changed,
    and where it has connected anew since.

    Example:
    | When Alice's other client sends an empty payload
    | And Alice sends 10 messages
    | Then Bob should have found the payload empty within 10 seconds

    Source: plan E-ENC-05.
    """

    template = "${device} should have found the payload empty within ${duration}"
    check = "payload_refused"
    needs = ("other_client",)
    device: Device
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return _sent(world, forged=False)


def _sent(world: World, *, forged: bool) -> dict[str, Any]:
    if not world.of(DamagedPayloads).op_ids:
        raise InvalidScenario("Nobody sent such a payload: say first who does.")
    return {"forged": forged}

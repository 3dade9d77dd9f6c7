"""Sentences about groups that are encrypted from end to end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.evidence.in_the_clear import op_ids_in, pieces_of
from syncproof.faults.changed_handshake import ChangedHandshake
from syncproof.faults.tap.program import Tap
from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration, Size
from syncproof.kernel.secrecy import Captured
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.server import Search
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.encryption import changing
from syncproof.workloads.encryption.damage import Damage, DamagedPayloads
from syncproof.workloads.encryption.flaw import Flaw, Flaws
from syncproof.workloads.encryption.records import Session
from syncproof.workloads.encryption.state import EncryptedGroup

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class AreSyncingEncrypted(Sentence):
    """Like `${devices} are syncing`, in a group that is encrypted from end to end.

    ``devices``: two or more of the cast, see `Devices`. All of them are told one passphrase, which is drawn for the
    scenario. Every test that begins so fails in the end where the relay can read what they say: in its log of the
    group, its database and other files, what it writes for its operator, its memory where it runs on this machine, and
    in traffic that was captured. Where one of these cannot be looked through the test ends as unknown.

    Example:
    | Given Alice and Bob are syncing end-to-end encrypted
    | When Alice sends 50 messages

    Source: plan Z-INV-04.
    """

    page = "Devices"
    template = "${devices} are syncing end-to-end encrypted"
    devices_are = "introduced"
    devices: Devices

    def run(self, world: World) -> None:
        world.of(EncryptedGroup).begin()
        world.topology.meet([device.name for device in self.devices])


class HasMemory(Sentence):
    """How much memory a device has, for this scenario alone. What deriving a group's key may cost depends on it.

    ``size``: a `Size`. Devices of the bundled system have 3 GB otherwise.

    Does nothing yet: it comes before the sentence that introduces the devices, and fails at once behind it.

    Example:
    | Given Bob has 16 GB of memory
    | And Alice and Bob are syncing end-to-end encrypted

    Source: plan Z-CORE-05 has the costs; that devices of different memory share a group is beyond it.
    """

    page = "Devices"
    template = "${device} has ${size} of memory"
    needs = ("settings:memory_mb",)
    devices_are = "set"
    device: Device
    size: Size

    def run(self, world: World) -> None:
        world.topology.settings_of.setdefault(self.device.name, {})["memory_mb"] = self.size.bytes / 1e6


class IsCaptured(Sentence):
    """Keep every byte that these devices and the relay exchange from now on.

    ``devices``: see `Devices`. They are led through a program that passes everything on, and connect anew. What it has
    kept is looked through when the test ends: for what devices said, in the clear or encoded as hex, base64, UTF-16 or
    for an address.

    Fails in the end where a message can be read (``the server can read 3 operations in the traffic``), and, as unknown,
    where nothing was captured.

    Example:
    | Given Alice and Bob are syncing end-to-end encrypted
    | And the traffic of Alice and Bob is captured
    | When Alice sends 20 messages

    Source: plan Z-INV-04.
    """

    page = "Network"
    template = "the traffic of ${devices} is captured"
    devices: Devices

    def run(self, world: World) -> None:
        bed = world.test_bed
        tap = Tap(bed.stack, bed.fresh_directory("tap"), bed.server.address)
        world.of(Captured).searches.append(lambda: _searched(tap, str(self.devices), world.topology.group))
        for device in self.devices:
            world.node(device.name).link.redirect(tap.address)


class HandshakeHas(Sentence):
    """Change one message of the next handshake of a device, on its way.

    ``flaw``: a `Flaw`. The device is led through a program that knows where the messages of a secured connection begin
    and end; it connects anew, and the first handshake that has such a message gets the flaw. All others pass.

    Hands over the messages that are due, then begins; lasts to the end of the test. Inconclusive when no handshake was
    changed, or when nothing was outstanding at the device meanwhile. Only devices of a group that is encrypted shake
    hands.

    Example:
    | Given Alice and Bob are syncing end-to-end encrypted
    | When Bob's next handshake has a malformed ML-KEM key
    | And Alice sends 5 messages
    | Then Bob should have reported why the handshake failed within 10 seconds

    Source: plan E-HS-01 to E-HS-06, E-PQ-01 to E-PQ-05.
    """

    page = "Network"
    template = "${device}'s next handshake has ${flaw}"
    device: Device
    flaw: Flaw

    def run(self, world: World) -> None:
        if not world.of(EncryptedGroup).passphrase:
            raise InvalidScenario("Nobody shakes hands: begin with '... are syncing end-to-end encrypted'.")
        world.operations.flush()
        bed = world.test_bed
        world.of(Flaws).of[self.device.name] = self.flaw
        link = world.node(self.device.name).link
        change = (self.flaw.name, self.flaw.change.stream)
        folder = bed.fresh_directory("framed")
        world.faults.begin(
            ChangedHandshake(link, bed.stack, folder, bed.server.address, changing.ENTRY, change)
        )


class TellsWhyHandshakeFailed(Outcome):
    """A device must say at what part the handshake failed that was changed, and then have a session all the same.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits until it has told of the failure and of a session after that. Fails when the deadline passes; where it does
    not name the part (the post-quantum one where it was that); where two handshakes began with the same ephemeral key,
    or the count of attempts did not begin anew; and where what it says may be key material.

    Example:
    | When Bob's next handshake has a flipped bit in the ML-KEM ciphertext
    | And Alice sends 5 messages
    | Then Bob should have reported why the handshake failed within 10 seconds

    Source: plan E-HS-01 to E-HS-06, E-PQ-01 to E-PQ-05.
    """

    template = "${device} should have reported why the handshake failed within ${duration}"
    check = "handshake_failed"
    device: Device
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        flaw = world.of(Flaws).of.get(self.device.name)
        if flaw is None:
            raise InvalidScenario(f"No handshake of {self.device} was changed: say first what it has.")
        return {"says": flaw.says}

    def ready(self, world: World) -> bool:
        told = world.history.of(Session, self.device.name)
        failed = [line.t_ns for line in told if line.state == "Reconnecting"]
        return bool(failed) and any(line.state == "Connected" and line.t_ns > failed[0] for line in told)


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


def _searched(tap: Tap, devices: str, group: str) -> Search:
    readable: dict[str, str] = {}
    count = 0
    for path in tap.files():
        count += path.stat().st_size
        for op_id in op_ids_in(group, pieces_of(path)):
            readable.setdefault(op_id, "the traffic")
    return Search(readable, {f"bytes of the traffic of {devices}": count})

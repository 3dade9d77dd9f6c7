"""Sentences about handshakes that are changed on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.faults.changed_handshake import ChangedHandshake
from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.encryption import changing
from syncproof.workloads.encryption.flaw import Flaw, Flaws
from syncproof.workloads.encryption.records import Session
from syncproof.workloads.encryption.state import EncryptedGroup

if TYPE_CHECKING:
    from syncproof.kernel.world import World


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

    Hands over the messages that are due, and waits until it has told of the failure and of a session after that. Fails
    when the deadline passes; where it does not name the part (the post-quantum one where it was that); where two
    handshakes began with the same ephemeral key, or the count of attempts did not begin anew; and where what it says
    may be key material.

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

    def run(self, world: World) -> None:
        # A fault proves nothing without anything outstanding, and the next handshake may come before the messages.
        world.operations.flush()
        super().run(world)

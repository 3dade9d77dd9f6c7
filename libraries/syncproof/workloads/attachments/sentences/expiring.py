"""Sentences about attachments that a server keeps for their time, and no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.evidence import records
from syncproof.kernel.cast import Device
from syncproof.kernel.operations import PATIENCE_S
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.workloads.attachments.at_relay import AtRelay
from syncproof.workloads.attachments.state import Attachments

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class KeepsAttachmentsFor(Sentence):
    """For how long the relay keeps an attachment, since it was brought there. It is for this scenario alone.

    ``duration``: a `Duration`; TIME_SCALE applies. The bundled relay keeps them for ten years otherwise.

    Does nothing yet: it comes before the sentence that introduces the devices, and fails at once behind it.

    Example:
    | Given the relay keeps attachments for 5 seconds
    | And Alice and Bob are syncing

    Source: plan S-BLOB-02.
    """

    page = "Devices"
    template = "the relay keeps attachments for ${duration}"
    needs = ("server_settings:blob_ttl_s",)
    devices_are = "set"
    duration: Duration

    def run(self, world: World) -> None:
        world.topology.set_server(blob_ttl_s=self.duration.seconds)


class Expires(Sentence):
    """Let the time pass until the relay keeps a device's last attachment no longer.

    Waits at most 60 seconds until the relay has acknowledged the message, and hands its attachment out no more. So let
    the others go offline before, and say how long it keeps them. Fails when it still does (``expected Alice's
    attachment to expire``), and at once when the device has sent no attachment.

    Example:
    | Given the relay keeps attachments for 5 seconds
    | And Bob goes offline
    | And Alice sends a message with an attachment of 200 KB
    | And Alice's attachment expires
    | And Bob comes online

    Source: plan S-BLOB-02.
    """

    page = "Network"
    template = "${device}'s attachment expires"
    needs = ("operator", "server_settings:blob_ttl_s")
    device: Device

    def run(self, world: World) -> None:
        name, at_relay, server = self.device.name, world.of(AtRelay), world.of(AtRelay).server()
        sent = world.of(Attachments).last_of(name)
        world.run_until(
            f"the relay to have {name}'s attachment",
            lambda: world.history.outcome(sent.op_id) is not None,
            PATIENCE_S,
        )
        address = at_relay.address(sent)
        world.run_until(f"{name}'s attachment to expire", lambda: server.blob(address) is None, PATIENCE_S)
        world.note("attachment_expired", device=name, digest=sent.ref.digest)


class SaysThatItExpired(Outcome):
    """A device must say that an attachment has expired: not that it is missing, and not nothing.

    ``author``: the device whose last attachment it is. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits for its report; then reads the relay's own log of requests. Fails when the deadline passes, where the device
    or the relay called it missing, and where the device asks for it again after it was told.

    Example:
    | And Alice's attachment expires
    | And Bob comes online
    | Then Bob should have said that Alice's attachment has expired within 10 seconds

    Source: plan S-BLOB-02.
    """

    template = "${device} should have said that ${author}'s attachment has expired within ${duration}"
    check = "expired_told"
    needs = ("blobs", "request_log")
    device: Device
    author: Device
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return {"digest": world.of(Attachments).last_of(self.author.name).ref.digest}

    def ready(self, world: World) -> bool:
        digest = world.of(Attachments).last_of(self.author.name).ref.digest
        lines = world.history.of(records.Blob, self.device.name)
        return any(line.digest == digest and line.state == "expired" for line in lines)

    def look(self, world: World) -> None:
        world.of(AtRelay).note_addresses()
        world.relay_log.read()

"""Sentences about contents that belong together, and the manifest that says which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration, Size
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.encryption.damaged_content import DamagedContents

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class SendsDamagedManifest(Sentence):
    """Another client of a device's user sends a message with several attachments, and damages what it says of them.

    ``count``: a `Number`. ``size``: a `Size` of each attachment. All of them are sealed and stored as they should be.
    The manifest, which has their hashes, is signed; then one bit of a hash is flipped, and it is sealed.

    Enqueues, like `${device} sends ${count} messages`. Every test that has such a message fails in the end unless every
    device has quarantined it, and nothing else. Fails at once where the group is not encrypted.

    Example:
    | When Alice's other client sends 5 attachments of 100 KB with a damaged manifest
    | Then Bob should have refused the damaged manifest within 10 seconds

    Source: plan C-COLL-02.
    """

    page = "Devices"
    template = "${device}'s other client sends ${count} attachments of ${size} with a damaged manifest"
    needs = ("blobs", "other_client")
    device: Device
    count: int
    size: Size

    def run(self, world: World) -> None:
        world.of(DamagedContents).send_collection(self.device.name, self.count, self.size.bytes)


class RefusesDamagedManifest(Outcome):
    """A device must refuse a message whose manifest is not what its author signed, before it fetches anything of it.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits for its report; then reads the relay's own log of requests. Fails when the deadline passes, where the device
    does not say that it is the manifest, and where it asked for a blob of that message.

    Example:
    | When Alice's other client sends 5 attachments of 100 KB with a damaged manifest
    | And Alice sends 5 messages
    | Then Bob should have refused the damaged manifest within 10 seconds

    Source: plan C-COLL-02.
    """

    template = "${device} should have refused the damaged manifest within ${duration}"
    check = "manifest_refused"
    needs = ("blobs", "other_client", "request_log")
    device: Device
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        if not world.of(DamagedContents).collections:
            raise InvalidScenario("Nobody sent such a manifest: say first who does.")
        return {}

    def ready(self, world: World) -> bool:
        told = world.history.quarantined.get(self.device.name, {})
        return all(op_id in told for op_id in world.of(DamagedContents).collections)

    def look(self, world: World) -> None:
        world.relay_log.read()

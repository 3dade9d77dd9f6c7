"""Sentences about what is sealed beside the messages of an encrypted group: their attachments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.evidence import records
from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration, Size
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.encryption.contents import open_contents
from syncproof.workloads.encryption.damaged_content import DamagedContents

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class IsSealedAnew(Outcome):
    """What a device sends twice must be sealed twice: who stores it cannot tell that it is the same.

    ``device``: one that sent an attachment at least twice.

    Waits until everything is at rest, see `Rest`; then the harness takes what the server has of each, and opens it as a
    member of the group. Fails where two of them are one ciphertext or have one key (``expected Alice to seal what it
    sent 2 times anew each time``), and where one does not open to what was sent; as unknown where nothing was sent
    twice.

    Example:
    | Given Alice and Bob are syncing end-to-end encrypted
    | When Alice sends a message with an attachment of 200 KB
    | And Alice writes an entry with the same attachment
    | Then Alice should have sealed the same attachment anew each time

    Source: plan S-BLOB-04.
    """

    template = "${device} should have sealed the same attachment anew each time"
    check = "sealed_anew"
    needs = ("blobs",)
    device: Device

    def look(self, world: World) -> None:
        for invoke in list(world.history.invokes()):
            if invoke.author == self.device.name and invoke.blobs:
                open_contents(world, invoke.op_id)


class SendsDamagedContent(Sentence):
    """Another client of a device's user sends a message with an attachment that it has damaged itself.

    ``size``: a `Size` of the attachment. It is sealed properly, then one bit of the ciphertext is flipped, and only
    then is it hashed and brought to the relay. So every hash is right: only opening it shows that it is not what was
    sealed.

    Enqueues, like `${device} sends ${count} messages`. The message itself is authentic, and every member gets it. Fails
    at once where the group is not encrypted.

    Example:
    | When Alice's other client sends a message with 200 KB of content damaged before they were hashed
    | Then Bob should have refused the damaged content within 10 seconds

    Source: plan S-BLOB-01.
    """

    page = "Devices"
    template = (
        "${device}'s other client sends a message with ${size} of content damaged before they were hashed"
    )
    needs = ("blobs", "other_client")
    device: Device
    size: Size

    def run(self, world: World) -> None:
        world.of(DamagedContents).send(self.device.name, self.size.bytes)


class RefusesDamagedContent(Outcome):
    """A device must refuse a content that is not what a member sealed, although its hashes are right.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits for its report, and until everything is at rest; then asks the device for the content. Fails when the
    deadline passes, where the device does not say that the authentication fails, where it hands out a byte of it,
    fetches it again, or connects anew.

    Example:
    | When Alice's other client sends a message with 200 KB of content damaged before they were hashed
    | And Alice sends 5 messages
    | Then Bob should have refused the damaged content within 10 seconds
    | And Bob should receive all 5 messages within 30 seconds

    Source: plan S-BLOB-01.
    """

    template = "${device} should have refused the damaged content within ${duration}"
    check = "content_refused"
    needs = ("blobs", "other_client")
    device: Device
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        if not world.of(DamagedContents).digests:
            raise InvalidScenario("Nobody sent such a content: say first who does.")
        return {}

    def ready(self, world: World) -> bool:
        lines = world.history.of(records.Blob, self.device.name)
        told = {line.digest for line in lines if line.state == "refused"}
        return told.issuperset(world.of(DamagedContents).digests)

    def look(self, world: World) -> None:
        world.verdicts.at_rest()  # what is fetched again is fetched by then
        name, now = self.device.name, world.scheduler.now()
        for digest in world.of(DamagedContents).digests:
            seen = world.node(name).agent.read_blob(digest)
            line = records.Blob(t_ns=now, device=name, digest=digest, state="absent")
            if seen is not None:
                line = records.Blob(
                    t_ns=now, device=name, digest=digest, state="read", size=seen.size, content=seen.content
                )
            world.record(line)


class LargeMessagesAreBlobs(Outcome):
    """Messages above a size must lie at the relay as blobs, sealed with keys of their own, and no smaller ones.

    ``size``: a `Size`; on the bundled system 64 KB.

    Waits until everything is at rest, see `Rest`; then the harness takes what the server has of each, and opens it as a
    member of the group. Fails where a large message is in the server's log itself, where its blob does not open to what
    was sent, and where a smaller one is a blob; as unknown where nobody sent a large one.

    Example:
    | Given Alice and Bob are syncing end-to-end encrypted
    | When Alice sends 3 messages of 200 KB
    | Then Bob should receive all 3 messages within 30 seconds
    | And messages above 64 KB should lie at the relay as blobs

    Source: plan Z-6.5.1.
    """

    template = "messages above ${size} should lie at the relay as blobs"
    check = "large_as_blobs"
    needs = ("blobs",)
    size: Size

    def limits(self, world: World) -> dict[str, Any]:
        del world
        return {"above": self.size.bytes}

    def look(self, world: World) -> None:
        for invoke in list(world.history.invokes()):
            open_contents(world, invoke.op_id)

"""Sentences that send attachments and disturb them on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults import network
from syncproof.faults.storage.attachment import DamagedAttachment, MissingAttachment
from syncproof.faults.storage.attachments import LosesAttachments
from syncproof.kernel.cast import Device
from syncproof.kernel.quantities import Duration, Percent, Size
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.text import Text
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.attachments.at_relay import AtRelay
from syncproof.workloads.attachments.sent import Sent
from syncproof.workloads.attachments.state import Attachments

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: What a probe asks for beyond the bytes behind which a connection breaks off.
_BEYOND = 4096
#: Bytes of an attachment whose name is all that matters.
_SMALL = 1000


class SendsWithOneAttachment(Sentence):
    """Enqueue one message of a device, with one attachment.

    ``size``: a `Size`, from 0 B up to 256 MB on the bundled system. TIME_SCALE does not apply. The content is
    random, and its SHA-256 goes on record.

    Enqueues, like `${device} sends ${count} messages`; the message has a number among them. While the attachment
    is on its way, every device is asked for it again and again: see `Attachments`.

    Example:
    | When Alice sends a message with an attachment of 1 MB
    | And Bob's download is cut at 50%
    | Then Bob should have all attachments within 60 seconds

    Source: plan L-4.2.
    """

    page = "Devices"
    template = "${device} sends a message with an attachment of ${size}"
    needs = ("blobs",)
    roles = ("sends",)
    device: Device
    size: Size

    def run(self, world: World) -> None:
        world.of(Attachments).send(self.device.name, self.size.bytes)


class SendsWithAttachments(Sentence):
    """Enqueue messages of a device, each with one attachment of its own content.

    ``count``: a `Number`. ``size``: a `Size`, the bytes of each attachment, from 1 B up to 256 MB on the
    bundled system. TIME_SCALE does not apply. The content is random, and its SHA-256 goes on record.

    Enqueues, like `${device} sends ${count} messages`. The device gets each attachment before the message
    that names it.

    Example:
    | When Alice sends 10 messages with attachments of 20 KB
    | Then Bob should receive all 10 messages within 60 seconds
    | And Bob should have all attachments within 90 seconds

    Source: plan L-1.4.
    """

    page = "Devices"
    template = "${device} sends ${count} messages with attachments of ${size}"
    has_singular = False
    needs = ("blobs",)
    roles = ("sends",)
    device: Device
    count: int
    size: Size

    def run(self, world: World) -> None:
        world.of(Attachments).send_several(self.device.name, self.count, self.size.bytes)


class SendsNamed(Sentence):
    """Enqueue one message of a device, with an attachment that has a name of its author's choice.

    ``name``: a `Text`; two spaces in a row would end the argument. The attachment has 1 KB.

    Enqueues, like `${device} sends a message with an attachment of ${size}`.

    Example:
    | When Alice sends a message with an attachment named "../../two words ☂.jpg"
    | Then Bob should know all attachments by their names
    | And Bob should have written in his own folder only

    Source: plan L-4.1.
    """

    page = "Devices"
    template = '${device} sends a message with an attachment named "${name}"'
    needs = ("blobs",)
    roles = ("sends",)
    device: Device
    name: Text

    def run(self, world: World) -> None:
        world.of(Attachments).send(self.device.name, _SMALL, called=self.name.value)


class WritesEntryWithAttachment(Sentence):
    """Enqueue a new journal entry of a device, with one attachment.

    ``size``: a `Size` of the attachment, from 0 B up to 256 MB on the bundled system. TIME_SCALE does not apply.

    Enqueues, like `${device} sends ${count} messages`, and counts as one. An entry is more than a message: a
    device must not show it before its attachment is there, and is asked for it again and again until it does.

    Example:
    | When Bob's bandwidth is limited to 10 KB/s
    | And Alice writes an entry with an attachment of 100 KB
    | Then Bob should hold back Alice's entry
    | And Bob should show Alice's entry within 30 seconds

    Source: plan L-4.1, L-4.3.
    """

    page = "Devices"
    template = "${device} writes an entry with an attachment of ${size}"
    needs = ("blobs", "awaits")
    roles = ("sends",)
    device: Device
    size: Size

    def run(self, world: World) -> None:
        world.of(Attachments).send(self.device.name, self.size.bytes, as_entry=True)


class WritesEntryWithSameAttachment(Sentence):
    """Enqueue a new journal entry of a device, with the attachment that its last message had.

    So the attachment can be at another device before the entry is. Enqueues, like `${device} writes an entry with
    an attachment of ${size}`. Fails at once when the device has sent no attachment before.

    Example:
    | And Bob's network is cut after he has all attachments
    | And Alice writes an entry with the same attachment
    | Then Bob should have fetched Alice's attachment once

    Source: plan L-4.1.
    """

    page = "Devices"
    template = "${device} writes an entry with the same attachment"
    needs = ("blobs", "awaits")
    roles = ("sends",)
    device: Device

    def run(self, world: World) -> None:
        world.of(Attachments).send_again(self.device.name)


class DownloadIsCut(Sentence):
    """Let every connection of a device break off behind a share of the attachment that is sent to it.

    ``share``: a `Percent` of the last attachment that another device sends, which must be enqueued before. It is
    a limit of bytes and not of time: with the head of the reply counted in, the download breaks off at exactly
    that byte. The device may go on at once, and gets as much once more on each connection.

    Waits at most 60 seconds until the device has nothing to do; the attachment is sent behind that. Lasts like
    `${device}'s connections break off after ${size}`, and is inconclusive like it. Fails at once where no
    attachment is on its way to the device, or its share is 950 KB or more.

    Example:
    | When Alice sends a message with an attachment of 1 MB
    | And Bob's download is cut at 50%
    | Then Bob should have resumed the download at 50%

    Source: plan L-4.2; RFC 9110, 14 (ranges, by which a transfer is taken up again).
    """

    page = "Network"
    template = "${device}'s download is cut at ${share}"
    needs = ("operator",)
    roles = ("breaks_off",)
    device: Device
    share: Percent

    def run(self, world: World) -> None:
        name = self.device.name
        sent = world.of(Attachments).last_to(name)
        size = sent.ref.size
        server = world.of(AtRelay).server()
        after = server.blob_head_bytes(size) + round(size * self.share.fraction)
        if not 0 < self.share.fraction < 1 or size == 0 or after + 2 * _BEYOND > server.most_probe_bytes:
            raise InvalidScenario(
                f"A download of {Size(size)} cannot be cut at {self.share} here: it must be a real part of it, and "
                f"less than {Size(server.most_probe_bytes * 95 // 100)}."
            )
        _not_sent_yet(world, sent)
        world.operations.run_until_quiet(name)
        world.faults.begin(network.BreakingLink(world.links(self.device), after, "downstream"))


class UploadIsCut(Sentence):
    """Let every connection of a device break off behind a share of the attachment that it sends.

    ``share``: a `Percent` of the last attachment that the device sends, which must be enqueued before. It is a limit
    of bytes from the device, the head of the request counted in, so that no connection brings the whole. The device
    may go on at once, and sends as much once more on each connection.

    Waits at most 60 seconds until the device has nothing to do; the attachment is sent behind that. Ends with
    `${device}'s network is restored after ${duration}`, or with the test. Inconclusive when a request of the harness
    itself came whole, or when nothing was outstanding at the device. Fails at once where the device sends no
    attachment, or its share is 900 KB or more.

    Example:
    | When Alice sends a message with an attachment of 1 MB
    | And Alice's upload is cut at 50%
    | And Alice's network is restored after 5 seconds

    Source: plan L-4.2.
    """

    page = "Network"
    template = "${device}'s upload is cut at ${share}"
    needs = ("blobs",)
    roles = ("breaks_off",)
    device: Device
    share: Percent

    def run(self, world: World) -> None:
        name = self.device.name
        sent = world.of(Attachments).last_of(name)
        after = round(sent.ref.size * self.share.fraction)
        if not 0 < after < min(sent.ref.size, network.MOST_PROBED):
            raise InvalidScenario(
                f"An upload of {Size(sent.ref.size)} cannot be cut at {self.share} here: it must be a real part of "
                f"it, and less than {Size(network.MOST_PROBED)}."
            )
        _not_sent_yet(world, sent)
        world.operations.run_until_quiet(name)
        world.faults.begin(network.BreakingLink(world.links(self.device), after, "upstream"))


def _not_sent_yet(world: World, sent: Sent) -> None:
    if sent.op_id in world.history.operations:
        raise InvalidScenario(
            f"{sent.author}'s attachment was sent before this sentence: put nothing that waits in between."
        )


class IsLostOnRelay(Sentence):
    """Take a device's last attachment away from the relay, which keeps the message that speaks of it.

    Waits at most 60 seconds until the relay has acknowledged the message, then removes the file behind its back.
    So let the others go offline before. Ends with `the relay has ${device}'s attachment whole again after
    ${duration}`, or with the test.

    Inconclusive when the relay still hands the attachment out, or when nobody needed it meanwhile. Fails at once
    when the device has sent no attachment.

    Example:
    | And Alice writes an entry with an attachment of 100 KB
    | And Alice's attachment is lost on the relay
    | And Bob comes online

    Source: plan L-4.3.
    """

    page = "Network"
    template = "${device}'s attachment is lost on the relay"
    needs = ("operator",)
    device: Device

    def run(self, world: World) -> None:
        world.faults.begin(world.of(AtRelay).missing_on_relay(self.device.name))


class IsDamagedOnRelay(Sentence):
    """Change a byte in the middle of a device's last attachment, on the relay's disk.

    Whoever downloads it gets the right number of bytes, and not the right ones. Waits, ends and fails like
    `${device}'s attachment is lost on the relay`. Inconclusive when what the relay hands out still has the right
    hash, or when nobody needed it meanwhile.

    Example:
    | And Alice's attachment is damaged on the relay
    | And Bob comes online
    | Then Bob should have rejected Alice's damaged attachment

    Source: plan L-4.2.
    """

    page = "Network"
    template = "${device}'s attachment is damaged on the relay"
    needs = ("operator",)
    device: Device

    def run(self, world: World) -> None:
        world.faults.begin(world.of(AtRelay).damaged_on_relay(self.device.name))


class IsWholeAgain(Sentence):
    """Put a lost or damaged attachment back on the relay's disk, so long after that was done to it.

    ``duration``: a `Duration`; TIME_SCALE applies.

    Enqueues; deadlines of later sentences begin when the relay has handed the right bytes out. Fails at once when
    nothing was done to an attachment (``There is no attachment missing on the relay or attachment damaged on the
    relay``).

    Example:
    | And Alice's attachment is lost on the relay
    | And the relay has Alice's attachment whole again after 30 seconds
    | Then Bob should show Alice's entry within 30 seconds

    Source: plan L-4.2, L-4.3.
    """

    page = "Network"
    template = "the relay has ${device}'s attachment whole again after ${duration}"
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        world.of(Attachments).last_of(self.device.name)
        world.end_fault_after(
            [MissingAttachment, DamagedAttachment, LosesAttachments],
            [world.topology.server.name],
            self.duration,
        )

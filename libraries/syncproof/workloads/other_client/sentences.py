"""Sentences about another client of a device's user: it speaks to the relay itself, and not as our devices do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device
from syncproof.kernel.quantities import Duration, Size
from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class AnnouncesAttachments(Sentence):
    """Another client of a device's user sends messages whose attachments are not on the relay yet.

    ``count``: a `Number`; they are numbered on with the device's own messages. ``size``: a `Size`, the bytes
    of each attachment, random ones; TIME_SCALE does not apply. Every device of the group has to wait for
    them, the user's own one too.

    Enqueues, like `${device} sends ${count} messages`. Without `their attachments follow over ${duration}`
    they never come, and nothing comes to rest.

    Example:
    | When Alice's other client sends 100 messages before their attachments of 2 KB
    | And their attachments follow over 40 seconds
    | Then Bob should have all attachments within 40 seconds

    Source: plan L-5.1, L-4.3.
    """

    page = "Devices"
    template = "${device}'s other client sends ${count} messages before their attachments of ${size}"
    needs = ("blobs", "other_client")
    device: Device
    count: int
    size: Size

    def run(self, world: World) -> None:
        world.others.announce(self.device.name, self.count, self.size.bytes)


class AttachmentsFollow(Sentence):
    """The attachments of messages that were sent before them reach the relay, one by one over a time from now on.

    ``duration``: a `Duration`, the last one comes at its end; TIME_SCALE applies. That of the last message
    comes first: those that a device asks for first are those that it has to wait for the longest.

    Enqueues; deadlines of later sentences begin when the last one is there. Fails at once when no attachment
    is still to come.

    Example:
    | When Alice's other client sends 100 messages before their attachments of 2 KB
    | And their attachments follow over 40 seconds
    | Then Bob should have all attachments within 40 seconds

    Source: plan L-5.1, L-4.3.
    """

    page = "Devices"
    template = "their attachments follow over ${duration}"
    needs = ("other_client",)
    duration: Duration

    def run(self, world: World) -> None:
        world.others.upload_over(world.scaled_ns(self.duration))


class SendsUnreadable(Sentence):
    """Another client of a device's user sends events that nobody can read.

    ``count``: a `Number`. In turn: a body that ends in the middle, a change of an entry nested a hundred
    thousand deep, and one whose clock has the largest number that there is. The relay does not look into
    bodies and takes them all. They are no messages, and are not numbered.

    Enqueues, like `${device} sends ${count} messages`. Every test that has such events fails in the end
    unless every device has set them aside, and nothing else: ``Bob did not set aside 1 event``.

    Example:
    | When Alice sends 20 messages
    | And Alice's other client sends 3 events that nobody can read
    | And Alice sends 20 messages
    | Then Bob should have set aside 3 events within 10 seconds

    Source: plan L-5.1.
    """

    page = "Devices"
    template = "${device}'s other client sends ${count} events that nobody can read"
    needs = ("other_client",)
    device: Device
    count: int

    def run(self, world: World) -> None:
        world.others.send_unreadable(self.device.name, self.count)


class MarksElsewhere(Sentence):
    """Another client of a device's user tells the relay that a message is read.

    ``number``: the `Number` of the message among those of its sender; one other device sends. So the relay's
    checkpoint of that user and the device's own differ: the relay's may be ahead of the device, or the other client
    may try to bring it back.

    Waits at most 60 seconds until the relay has the message, then tells it. Fails at once when no other device sends
    so many.

    Example:
    | And Bob goes offline
    | And Alice sends messages 21 to 60
    | When Bob's other client marks message 60 as read
    | And Bob comes online

    Source: plan L-2.3, L-5.3.
    """

    page = "Devices"
    template = "${device}'s other client marks message ${number} as read"
    needs = ("marker", "other_client")
    device: Device
    number: int

    def run(self, world: World) -> None:
        world.others.mark(self.device.name, self.number)

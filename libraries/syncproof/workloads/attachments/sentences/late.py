"""Sentences about attachments that come later than the messages that name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration, Size
from syncproof.kernel.sentence import Sentence
from syncproof.workloads.attachments.late import LateAttachments

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
    has_singular = False
    needs = ("blobs", "other_client")
    device: Device
    count: int
    size: Size

    def run(self, world: World) -> None:
        world.of(LateAttachments).announce(self.device.name, self.count, self.size.bytes)


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
        world.of(LateAttachments).upload_over(world.scaled_ns(self.duration))


class GivesUpAndLooksAgain(Sentence):
    """How long devices retry an attachment that is missing, and how often they look again for what they gave up.

    ``duration``: a `Duration` from the first failure, after which it is not retried any more. ``period``: a
    `Duration` between two looks at what was given up. TIME_SCALE applies to both. The bundled system has 10
    minutes and 1 minute otherwise. It is for the devices of this scenario alone.

    Does nothing yet: it comes before the sentence that introduces the devices, and fails at once behind it.

    Example:
    | Given devices give up a missing attachment after 10 seconds and look for it again every 10 seconds
    | And Alice and Bob are syncing

    Source: plan L-5.1.
    """

    page = "Devices"
    template = "devices give up a missing attachment after ${duration} and look for it again every ${period}"
    needs = ("other_client",)
    devices_are = "set"
    duration: Duration
    period: Duration

    def run(self, world: World) -> None:
        world.topology.settings.update(
            retry_ttl_s=self.duration.seconds, descriptor_catchup_s=self.period.seconds
        )


class FindsAgain(Outcome):
    """Attachments that came very late must have been given up by a device, and found again.

    Very late is later than both times together, of giving a missing attachment up and of looking for it
    again, from when the relay first said that it is missing; DevicesLibrary has the sentence that sets them.
    Given up and looked for again is one whose retries began anew at their first.

    Waits until everything is at rest, see `Rest`. Fails with ``expected Bob to give up each of 25
    attachments``, or when one of them is not there; inconclusive when no attachment came so late.

    Example:
    | And their attachments follow over 40 seconds
    | Then Bob should have all attachments within 40 seconds
    | And Bob should have given up late attachments and found them again

    Source: plan L-5.1.
    """

    template = "${device} should have given up late attachments and found them again"
    check = "given_up"
    needs = ("other_client", "request_log")
    device: Device

    def limits(self, world: World) -> dict[str, Any]:
        names = ("retry_ttl_s", "descriptor_catchup_s")
        return {"patience_ns": sum(world.topology.setting_ns(name) for name in names)}

    def look(self, world: World) -> None:
        world.relay_log.read()

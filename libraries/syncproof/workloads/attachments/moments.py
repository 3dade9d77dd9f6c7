"""Moments in which attachments are on their way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device, Who
from syncproof.kernel.interrupt import Moment
from syncproof.kernel.operations import PATIENCE_S
from syncproof.workloads.attachments.state import Attachments

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class InTheMiddleOfDownload(Moment):
    """When a device has a part of an attachment, and not the rest.

    ``who``: the device that downloads it, see `Device`.

    Waits at most 60 seconds until the device says that it has a part of the last attachment that another device
    sends. Inconclusive when it had all of it before anybody saw a part: make its link slower, or the attachment
    larger. Fails at once when no attachment is on its way to the device.

    Source: plan L-4.2.
    """

    template = "in the middle of ${who}'s download"
    own = "in the middle of the download"
    needs = ("range",)
    before = (
        "Given Bob's bandwidth is limited to 100 KB/s",
        "When Alice sends a message with an attachment of 1 MB",
    )
    who: Device

    def reach(self, world: World, name: str) -> None:
        attachments = world.of(Attachments)
        attachments.run_until_partly_there(name, attachments.last_to(name), "downloading")


class InTheMiddleOfUpload(Moment):
    """When a device has sent a part of an attachment to the relay, and not the rest.

    ``who``: the device that uploads it, see `Device`.

    Waits at most 60 seconds until the device says that a part of the last attachment that it sends is on its way.
    Inconclusive when all of it was before anybody saw a part: limit its upstream bandwidth, or make the attachment
    larger. Fails at once when the device sends no attachment.

    Source: plan L-4.2.
    """

    template = "in the middle of ${who}'s upload"
    own = "in the middle of the upload"
    needs = ("range",)
    before = (
        "Given Bob's upstream bandwidth is limited to 100 KB/s",
        "When Bob sends a message with an attachment of 1 MB",
    )
    who: Device

    def reach(self, world: World, name: str) -> None:
        attachments = world.of(Attachments)
        attachments.run_until_partly_there(name, attachments.last_of(name), "uploading")


class AfterAllAttachments(Moment):
    """As soon as a device has every attachment that was sent.

    ``who``: the device, see `Who`.

    Waits at most 60 seconds for them; fails with ``expected Bob to have all attachments``. What is enqueued
    behind this sentence is sent behind what begins then.

    Source: plan L-4.1.
    """

    template = "after ${who} has all attachments"
    before = ("When Alice sends a message with an attachment of 200 KB",)
    who: Who

    def reach(self, world: World, name: str) -> None:
        attachments = world.of(Attachments)
        attachments.any_sent()
        world.run_until(f"{name} to have all attachments", lambda: attachments.all_read(name), PATIENCE_S)

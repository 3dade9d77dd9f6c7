"""Sentences about entries with several attachments, which are complete with all of them and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration, Size
from syncproof.kernel.sentence import Sentence
from syncproof.workloads.attachments.at_relay import AtRelay
from syncproof.workloads.attachments.state import Attachments

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class WritesCollection(Sentence):
    """Enqueue a new journal entry of a device, with several attachments that belong together.

    ``count``: a `Number`, 2 or more. ``size``: a `Size` of each. TIME_SCALE does not apply.

    Enqueues, like `${device} sends ${count} messages`, and counts as one. A device must not show the entry before all
    of its attachments are there. What one attachment is the subject of, in later sentences, is the last of them.

    Example:
    | And Alice writes an entry with 5 attachments of 100 KB
    | And 2 of Alice's attachments are lost on the relay
    | Then Bob should have 3 of Alice's attachments and lack the others within 10 seconds

    Source: plan C-COLL-01.
    """

    page = "Devices"
    template = "${device} writes an entry with ${count} attachments of ${size}"
    has_singular = False
    needs = ("blobs", "awaits")
    roles = ("sends",)
    device: Device
    count: int
    size: Size

    def run(self, world: World) -> None:
        world.of(Attachments).send_together(self.device.name, self.count, self.size.bytes)


class AreLostOnRelay(Sentence):
    """Take some attachments of a device's last message away from the relay, which keeps the others.

    ``count``: a `Number`, less than there are. The first ones are lost.

    Waits, ends and fails like `${device}'s attachment is lost on the relay`. Inconclusive when the relay still hands
    one of them out, or when nothing was outstanding at any device meanwhile.

    Example:
    | And Alice writes an entry with 5 attachments of 100 KB
    | And 2 of Alice's attachments are lost on the relay
    | And Bob comes online

    Source: plan C-COLL-01.
    """

    page = "Network"
    template = "${count} of ${device}'s attachments are lost on the relay"
    needs = ("operator",)
    count: int
    device: Device

    def run(self, world: World) -> None:
        world.faults.begin(world.of(AtRelay).lost_on_relay(self.device.name, self.count))


class HasSomeOf(Outcome):
    """A device must have some of the attachments that belong together, and must lack the others and say so.

    ``count``: a `Number` of those that it has whole. ``author``: whose last message they are of. ``duration``: a
    `Duration`; for when it begins see `Deadlines`.

    Waits until the device has handed out so many, and has called all others missing; then asks it for these too. Fails
    when the deadline passes (``expected Bob to have 3 of 5 attachments whole``), where it hands out something for one
    of the others, and where it shows the entry already.

    Example:
    | And 2 of Alice's attachments are lost on the relay
    | And Bob comes online
    | Then Bob should have 3 of Alice's attachments and lack the others within 10 seconds

    Source: plan C-COLL-01.
    """

    template = (
        "${device} should have ${count} of ${author}'s attachments and lack the others within ${duration}"
    )
    check = "part_of_collection"
    needs = ("awaits",)
    device: Device
    count: int
    author: Device
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.node(self.device.name)
        return {
            "op_id": world.of(Attachments).last_entry_of(self.author.name).op_id,
            "wanted": self.count,
        }

    def ready(self, world: World) -> bool:
        attachments = world.of(Attachments)
        whole, missing = attachments.whole_there(self.device.name, self.author.name)
        together = attachments.together_with(attachments.last_of(self.author.name))
        return len(whole) >= self.count and len(whole) + len(missing) == len(together)

    def look(self, world: World) -> None:
        attachments, name = world.of(Attachments), self.device.name
        _, missing = attachments.whole_there(name, self.author.name)
        for digest in missing:
            attachments.look_at(name, digest)
        attachments.shows(name, attachments.last_entry_of(self.author.name))

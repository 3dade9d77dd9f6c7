"""Sentences about entries with attachments, and about attachments that are not there or damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.evidence import records
from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import SOON, Outcome
from syncproof.kernel.quantities import Duration
from syncproof.workloads.attachments.state import Attachments

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class HoldsBack(Outcome):
    """A device must have the descriptor of an entry, and not show the entry while its attachment is missing.

    ``author``: the device whose last entry it is.

    Waits at most 5 seconds until the device has delivered the descriptor and reports that it waits for an
    attachment (``pendingJsonPaths``); then asks it for the entry. Fails with ``expected Bob to hold back Alice's
    entry``. Inconclusive when the attachment came before anybody could look.

    Example:
    | And Alice writes an entry with an attachment of 100 KB
    | Then Bob should hold back Alice's entry
    | And Bob should show Alice's entry within 30 seconds

    Source: plan L-4.1, L-4.3.
    """

    template = "${device} should hold back ${author}'s entry"
    check = "entry_held_back"
    wait = SOON
    needs = ("awaits",)
    device: Device
    author: Device

    def limits(self, world: World) -> dict[str, Any]:
        world.node(self.device.name)
        return {"op_id": world.of(Attachments).last_entry_of(self.author.name).op_id}

    def ready(self, world: World) -> bool:
        """Whether there is something to see; what was seen goes on record."""
        name, attachments = self.device.name, world.of(Attachments)
        sent = attachments.last_entry_of(self.author.name)
        if sent.op_id not in world.history.delivered(name):
            return False
        node = world.node(name)
        waits = node.agent.metrics().get("pendingJsonPaths", 0) > 0
        shown = attachments.entry(node, sent) is not None
        if not waits and not shown:
            return False
        whole = shown and attachments.read(node, sent.ref.digest) is not None
        world.note("held_back", device=name, entry=sent.entry, shown=shown, whole=whole)
        return True


class ShowsEntry(Outcome):
    """A device must show an entry as it was written, with its attachment whole.

    ``author``: the device whose last entry it is. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits until the device shows that version, and reads the attachment back from it and hashes it. Fails when the
    deadline passes (``expected Bob to show Alice's entry with its attachment``).

    Example:
    | Then Bob should hold back Alice's entry
    | And Bob should show Alice's entry within 30 seconds

    Source: plan L-4.1, L-4.3.
    """

    template = "${device} should show ${author}'s entry within ${duration}"
    check = "entry_shown"
    needs = ("awaits",)
    device: Device
    author: Device
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.node(self.device.name)
        return {"op_id": world.of(Attachments).last_entry_of(self.author.name).op_id}

    def ready(self, world: World) -> bool:
        name, attachments = self.device.name, world.of(Attachments)
        sent = attachments.last_entry_of(self.author.name)
        node = world.node(name)
        return attachments.shows(name, sent) and all(
            attachments.read(node, each.ref.digest) is not None for each in attachments.together_with(sent)
        )


class ReportsMissing(Outcome):
    """A device must have reported that the system does not have an attachment.

    ``author``: the device whose last attachment it is.

    Waits at most 5 seconds for that to be on record. Fails with ``expected Bob to report that Alice's attachment
    is missing``.

    Example:
    | And Alice's attachment is lost on the relay
    | And Bob comes online
    | Then Bob should report Alice's attachment as missing

    Source: plan L-4.3.
    """

    template = "${device} should report ${author}'s attachment as missing"
    check = "reported_missing"
    wait = SOON
    needs = ("awaits",)
    device: Device
    author: Device

    def limits(self, world: World) -> dict[str, Any]:
        return {"digest": world.of(Attachments).last_of(self.author.name).ref.digest}

    def ready(self, world: World) -> bool:
        return _told(world, self.device.name, self.author.name, "missing")


class RejectsDamaged(Outcome):
    """A device must have thrown damaged bytes of an attachment away.

    ``author``: the device whose last attachment it is.

    Waits at most 5 seconds for that to be on record. Fails with ``expected Bob to reject the damaged attachment``.
    That the device never handed the damaged bytes out is judged at the end of every test.

    Example:
    | And Alice's attachment is damaged on the relay
    | And Bob comes online
    | Then Bob should have rejected Alice's damaged attachment

    Source: plan L-4.2.
    """

    template = "${device} should have rejected ${author}'s damaged attachment"
    check = "damage_rejected"
    wait = SOON
    device: Device
    author: Device

    def limits(self, world: World) -> dict[str, Any]:
        return {"digest": world.of(Attachments).last_of(self.author.name).ref.digest}

    def ready(self, world: World) -> bool:
        return _told(world, self.device.name, self.author.name, "corrupt")


class LooksAgain(Outcome):
    """A device must have run a descriptor catch-up: looked again for attachments that it had given up.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits until the device counts one (``descriptorCatchUps``). Fails when the deadline passes (``expected Bob to
    have looked again, by descriptor catch-up``).

    Example:
    | Then Bob should report Alice's attachment as missing
    | And Bob should look again by descriptor catch-up within 60 seconds

    Source: plan L-4.3.
    """

    template = "${device} should look again by descriptor catch-up within ${duration}"
    check = "descriptor_catch_up"
    needs = ("awaits",)
    device: Device
    duration: Duration

    def ready(self, world: World) -> bool:
        return self._tell(world) > 0

    def look(self, world: World) -> None:
        self._tell(world)

    def _tell(self, world: World) -> float:
        """The device's figure, put on record where it says something new."""
        name = self.device.name
        value = world.node(name).agent.metrics().get("descriptorCatchUps", 0)
        told = world.history.notes("descriptor_catch_ups", name)
        if not told or told[-1].fields["value"] != value:
            world.note("descriptor_catch_ups", device=name, value=value)
        return value


def _told(world: World, name: str, author: str, state: str) -> bool:
    """Whether a device has told that of the author's last attachment."""
    digest = world.of(Attachments).last_of(author).ref.digest
    return any(line.digest == digest and line.state == state for line in world.history.of(records.Blob, name))

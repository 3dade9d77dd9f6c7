"""Sentences about entries with attachments, and about attachments that are not there or damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.kernel.cast import Device
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.workloads.attachments.state import Attachments

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class HoldsBack(Sentence):
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

    page = "Outcome"
    template = "${device} should hold back ${author}'s entry"
    needs = ("awaits",)
    device: Device
    author: Device

    def run(self, world: World) -> None:
        name, author = self.device.name, self.author.name
        node = world.node(name)
        sent = world.of(Attachments).last_entry_of(author)

        def there() -> bool:
            return sent.op_id in world.history.delivered(name) and (
                node.agent.metrics().get("pendingJsonPaths", 0) > 0
                or world.of(Attachments).entry(node, sent) is not None
            )

        world.verdicts.soon("entry_held_back", f"{name} to hold back {author}'s entry", there, name)
        if world.of(Attachments).entry(node, sent) is None:
            world.note("held_back", device=name, entry=sent.entry)
        elif world.of(Attachments).read(node, sent.ref.digest) is None:
            raise world.verdicts.failed(
                "entry_held_back",
                f"expected {name} to hold back {author}'s entry until its attachment {sent.ref.name} is there; {name} "
                "shows the entry and has no such attachment",
            )
        else:
            raise world.verdicts.unknown(
                "entry_held_back",
                f"{name} had the attachment before anybody could look. Make the link slower, or the attachment larger",
            )


class ShowsEntry(Sentence):
    """A device must show an entry as it was written, with its attachment whole.

    ``author``: the device whose last entry it is. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits until the device shows that version, and reads the attachment back from it and hashes it. Fails when the
    deadline passes (``expected Bob to show Alice's entry with its attachment``).

    Example:
    | Then Bob should hold back Alice's entry
    | And Bob should show Alice's entry within 30 seconds

    Source: plan L-4.1, L-4.3.
    """

    page = "Outcome"
    template = "${device} should show ${author}'s entry within ${duration}"
    needs = ("awaits",)
    device: Device
    author: Device
    duration: Duration

    def run(self, world: World) -> None:
        name, author, within = self.device.name, self.author.name, self.duration
        node = world.node(name)
        sent = world.of(Attachments).last_entry_of(author)

        def complete() -> bool:
            state = world.of(Attachments).entry(node, sent)
            if state is None or state.winner is None:
                return False
            winner = next(each for each in state.siblings if each.version == state.winner)
            seen = world.of(Attachments).read(node, sent.ref.digest)
            return (
                winner.digest == world.history.operations[sent.op_id].digest
                and seen is not None
                and seen.content == sent.ref.digest
            )

        world.verdicts.within(
            "entry_shown", f"{name} to show {author}'s entry with its attachment", complete, within, name
        )


class ReportsMissing(Sentence):
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

    page = "Outcome"
    template = "${device} should report ${author}'s attachment as missing"
    needs = ("awaits",)
    device: Device
    author: Device

    def run(self, world: World) -> None:
        name, author = self.device.name, self.author.name
        digest = world.of(Attachments).last_of(author).ref.digest
        world.verdicts.soon(
            "reported_missing",
            f"{name} to report that {author}'s attachment is missing",
            lambda: _told(world, name, digest, "missing"),
            name,
        )


class RejectsDamaged(Sentence):
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

    page = "Outcome"
    template = "${device} should have rejected ${author}'s damaged attachment"
    device: Device
    author: Device

    def run(self, world: World) -> None:
        name, author = self.device.name, self.author.name
        sent = world.of(Attachments).last_of(author)
        world.verdicts.soon(
            "damage_rejected",
            f"{name} to reject the damaged attachment of {author}",
            lambda: _told(world, name, sent.ref.digest, "corrupt"),
            name,
        )


class LooksAgain(Sentence):
    """A device must have run a descriptor catch-up: looked again for attachments that it had given up.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits until the device counts one (``descriptorCatchUps``). Fails when the deadline passes (``expected Bob to
    have looked again, by descriptor catch-up``).

    Example:
    | Then Bob should report Alice's attachment as missing
    | And Bob should look again by descriptor catch-up within 60 seconds

    Source: plan L-4.3.
    """

    page = "Outcome"
    template = "${device} should look again by descriptor catch-up within ${duration}"
    needs = ("awaits",)
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        name, within = self.device.name, self.duration
        node = world.node(name)
        world.verdicts.within(
            "descriptor_catch_up",
            f"{name} to have looked again, by descriptor catch-up, for what it had given up",
            lambda: node.agent.metrics().get("descriptorCatchUps", 0) > 0,
            within,
            name,
        )


def _told(world: World, name: str, digest: str, state: str) -> bool:
    return any(line.digest == digest and line.state == state for line in world.history.of(records.Blob, name))

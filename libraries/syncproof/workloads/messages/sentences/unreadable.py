"""Sentences about events that nobody can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.evidence.checkers.verdict import count as counted
from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.messages.unreadable import UnreadableEvents

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class SendsUnreadable(Sentence):
    """Another client of a device's user sends events that nobody can read.

    ``count``: a `Number`. In turn: a body that ends in the middle, a change of an entry nested a hundred
    thousand deep, and one whose clock has the largest number that there is. The relay does not look into
    bodies and takes them all. They are no messages, and are not numbered.

    Enqueues, like `${device} sends ${count} messages`. Every test that has such events fails in the end
    unless every device has quarantined them, and nothing else: ``Bob did not quarantine 1 event``.

    Example:
    | When Alice sends 20 messages
    | And Alice's other client sends 3 events that nobody can read
    | And Alice sends 20 messages
    | Then Bob should have quarantined 3 events within 10 seconds

    Source: plan L-5.1.
    """

    page = "Devices"
    template = "${device}'s other client sends ${count} events that nobody can read"
    needs = ("other_client",)
    device: Device
    count: int

    def run(self, world: World) -> None:
        world.of(UnreadableEvents).send(self.device.name, self.count)


class Quarantines(Outcome):
    """A device must have quarantined so many events because they cannot be read, and report each with its reason.

    ``count``: a `Number`, as many as the scenario sends. ``duration``: a `Duration`; for when it begins see
    `Deadlines`.

    Waits for the reports. Fails when the deadline passes (``expected Bob to quarantine 3 events``), and at
    once when the scenario sends another number. That they are the right ones is judged at the end.

    Example:
    | When Alice's other client sends 3 events that nobody can read
    | And Alice sends 20 messages
    | Then Bob should have quarantined 3 events within 10 seconds

    Source: plan L-5.1.
    """

    template = "${device} should have quarantined ${count} events within ${duration}"
    formerly = ("${device} should have set aside ${count} events within ${duration}",)
    check = "quarantined_reported"
    needs = ("other_client",)
    device: Device
    count: int
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        world.node(self.device.name)
        sent = len(world.of(UnreadableEvents).op_ids)
        if sent != self.count:
            raise InvalidScenario(
                f"The scenario sends {counted(sent, 'event')} that nobody can read, but this sentence speaks of "
                f"{self.count}."
            )
        return {"wanted": self.count}

    def ready(self, world: World) -> bool:
        told = world.history.quarantined.get(self.device.name, {}).values()
        return sum(1 for line in told if line.reason) >= self.count

"""Sentences that move read markers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.kernel.agent import AgentError
from syncproof.kernel.cast import Device
from syncproof.kernel.operations import PATIENCE_S
from syncproof.kernel.other_client import OtherClients
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import Inconclusive, InvalidScenario
from syncproof.workloads.markers.state import marked

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: How an agent refuses a marker at what its device does not have: other answers are about something else.
_REFUSALS = (400, 404, 409)


class MarkerIsAt(Sentence):
    """Let another device send up to a message, and wait until this one has marked it as read.

    ``count``: a `Number`. The first other device of the scenario sends until it has sent so many in all.

    Waits at most 60 seconds, until so many messages of others lie at or before the device's read marker: the
    one that it keeps itself, and the one that the relay knows. Fails with ``expected Bob's marker to be at
    message 50, here and on the relay``.

    Example:
    | Given Alice and Bob are syncing
    | And Bob's last sync marker is at message 50
    | And Bob falls asleep

    Source: plan L-2.1, L-2.3.
    """

    page = "Devices"
    template = "${device}'s last sync marker is at message ${count}"
    needs = ("marker",)
    device: Device
    count: int

    def run(self, world: World) -> None:
        name, count = self.device.name, self.count
        other = next((n for n in world.topology.nodes if n != name), None)
        if other is None:
            raise InvalidScenario(f"Nobody is there who could send {name} messages.")
        world.operations.enqueue_messages(other, count - world.operations.author(other).enqueued)
        world.run_until(
            f"{name}'s marker to be at message {count}, here and on the relay",
            lambda: marked(world, name, "local") >= count and marked(world, name, "remote") >= count,
            PATIENCE_S,
        )


class MarksTooEarly(Sentence):
    """The application on a device marks a message as read that the device does not have yet.

    ``number``: the `Number` of the message among those of its sender; the relay must have it (one other device
    sends), the device must not.

    Waits at most 60 seconds for the relay and another device to have the message, then asks, by the version that the
    other device shows, and puts the answer on record. Fails at once when no other device sends so many, and when the
    device does not refuse; whether its marker has moved is for ``Bob's marker should never have skipped a message``
    to say. Inconclusive when the device has the message already.

    Example:
    | And Bob goes offline
    | And Alice sends messages 51 to 100
    | When Bob marks message 100 as read too early
    | Then Bob's marker should never have skipped a message

    Source: plan L-2.3.
    """

    page = "Devices"
    template = "${device} marks message ${number} as read too early"
    device: Device
    number: int

    def run(self, world: World) -> None:
        name, number = self.device.name, self.number
        node = world.node(name)
        op_id = world.operations.of_others(name, number)
        there: list[records.Deliver] = []

        def known() -> bool:
            history = world.history
            if op_id in history.acks:
                logs = [history.delivered(other) for other in world.topology.nodes if other != name]
                there[:] = [log[op_id] for log in logs if op_id in log]
            return bool(there)

        # Only a device that has it knows what the system calls it: not every server numbers its log.
        world.run_until(
            f"message {number} to be acknowledged, and delivered to another device", known, PATIENCE_S
        )
        if op_id in world.history.delivered(name):
            raise Inconclusive(
                f"Inconclusive: {name} has message {number} already, so that nothing is too early about it. "
                f"Let {name} go offline before it is sent."
            )
        try:
            node.agent.set_marker(world.topology.group, there[0].version, there[0].n)
            answer = "taken"
        except AgentError as refused:
            if refused.status not in _REFUSALS:
                raise
            answer = f"refused: {refused.status} {refused.code}"
        world.note("marked_too_early", device=name, op_id=op_id, answer=answer)
        world.verdicts.require("mark_refused", name)


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
        name = self.device.name
        op_id = world.operations.of_others(name, self.number)
        world.run_until(
            f"message {self.number} to be acknowledged", lambda: op_id in world.history.acks, PATIENCE_S
        )
        place = world.history.acks[op_id].server_order
        assert place is not None
        world.of(OtherClients).of(name).set_marker(world.topology.group, place)
        world.note("marked_elsewhere", device=name, op_id=op_id, server_order=place)

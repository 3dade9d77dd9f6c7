"""Sentences about what must have arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.evidence.checkers.verdict import count as counted
from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class ReceivesAll(Sentence):
    """A device must receive every message of the others, and they must be as many as the sentence says.

    ``count``: a `Number`, all messages that the others have been asked for in this scenario. ``duration``: a
    `Duration`; for when it begins see `Deadlines`.

    Waits until the device has delivered each of them to its application. Fails when the deadline passes
    (``expected Bob to receive all 50 messages within 30 seconds``; the message names what is missing: ``Alice
    #21, #22``), and at once when the scenario sends another number.

    Example:
    | When Alice sends 50 messages
    | And Bob's network is cut after he has received 20 messages
    | And Bob's network is restored after 10 seconds
    | Then Bob should receive all 50 messages within 30 seconds

    Source: plan L-1.1.
    """

    page = "Outcome"
    template = "${device} should receive all ${count} messages within ${duration}"
    device: Device
    count: int
    duration: Duration

    def run(self, world: World) -> None:
        _require_receipt(world, self.device.name, self.count, self.duration)


class ReceivesEverything(Sentence):
    """A device must receive every message that the others send, however many they are.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits and fails like `${device} should receive all ${count} messages within ${duration}`, which is to be
    preferred where the number is known.

    Example:
    | And Alice builds up a large backlog
    | When Bob comes online
    | Then Bob should receive everything within 60 seconds

    Source: plan L-2.2.
    """

    page = "Outcome"
    template = "${device} should receive everything within ${duration}"
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        _require_receipt(world, self.device.name, None, self.duration)


class ReceivesRange(Sentence):
    """A device must receive messages of the others by their numbers.

    ``first``, ``last``: each a `Number`, the first not above the last; of every other device that sends so
    many. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits until all that was enqueued is done and none of these messages is missing. Fails when the deadline
    passes; the message names what is missing, other numbers as well. Fails at once when nobody sends a
    message ``last``.

    Example:
    | When Alice sends messages 51 to 100
    | And Bob wakes up 60 seconds later
    | Then Bob should receive messages 51 to 100 within 30 seconds

    Source: plan L-2.1.
    """

    page = "Outcome"
    template = "${device} should receive messages ${first} to ${last} within ${duration}"
    device: Device
    first: int
    last: int
    duration: Duration

    def run(self, world: World) -> None:
        name, first, last, within = self.device.name, self.first, self.last, self.duration
        messages = world.operations

        def wanted() -> list[str]:
            return [op for op in messages.missing(name) if first <= messages.number(op) <= last]

        if not 1 <= first <= last:
            raise InvalidScenario(
                f"There are no messages {first} to {last}: they are numbered from 1 upwards."
            )
        if last > max((messages.author(n).enqueued for n in messages.authors() if n != name), default=0):
            raise InvalidScenario(
                f"Nobody sends {name} a message {last}: the sentence asks for more than the scenario."
            )
        world.verdicts.within(
            "delivery",
            f"{name} to receive messages {first} to {last}",
            lambda: not world.scheduler.pending and not wanted(),
            within,
            name,
        )


class EachHave(Sentence):
    """Each of the devices must have all messages of everybody, its own included.

    ``devices``: see `Devices`. ``count``: a `Number`, all messages that were asked for in this scenario.
    ``duration``: a `Duration`; for when it begins see `Deadlines`. The devices are asked one after the other,
    and each has the whole time.

    Waits until the device has them. Fails when a deadline passes (``expected Alice to have all 200 messages,
    its own included``), and at once when the scenario sends another number.

    Example:
    | When Alice sends 100 messages
    | And Bob sends 100 messages
    | Then Alice and Bob should each have all 200 messages within 30 seconds

    Source: plan L-3.3, L-0.1.
    """

    page = "Outcome"
    template = "${devices} should each have all ${count} messages within ${duration}"
    devices: Devices
    count: int
    duration: Duration

    def run(self, world: World) -> None:
        count, within = self.count, self.duration
        for name in (device.name for device in self.devices):
            _require_all(world, name, count, within)


class HasNoDuplicates(Sentence):
    """A device must not have delivered any message twice, before or after a restart.

    Waits until everything is at rest, see `Rest`: a second copy that comes late is still found. Then every
    entry of the device's delivery log is counted as it was read.

    Fails with ``Bob got 2 operations twice: Alice #21, #22``; as unknown when nothing was delivered.

    Example:
    | Then Bob should receive all 50 messages within 30 seconds
    | And Bob should have no duplicates

    Source: plan L-1.1.
    """

    page = "Outcome"
    template = "${device} should have no duplicates"
    device: Device

    def run(self, world: World) -> None:
        world.verdicts.require_at_rest("no_duplicates", self.device.name)


class IsInOrder(Sentence):
    """A device must have delivered each sender's messages in the order in which they were sent.

    Messages of different senders may mix in any way; whether all devices have the same order is what `all
    devices should hold the same messages in the same order` asks. Waits until everything is at rest, see
    `Rest`.

    Fails with ``Bob got 1 operation after a later one of the same author: Alice #21``; as unknown when
    nothing was delivered.

    Example:
    | Then Bob should receive all 50 messages within 30 seconds
    | And Bob's messages should be in order

    Source: plan L-1.1.
    """

    page = "Outcome"
    template = "${device}'s messages should be in order"
    needs = ("order:sender",)
    device: Device

    def run(self, world: World) -> None:
        world.verdicts.require_at_rest("sender_order", self.device.name)


class NothingIsLost(Sentence):
    """What the system took must be in the relay's log, and delivered at every device.

    That is every message that a device accepted or the relay acknowledged, as the harness saw it; no device's
    own figures are believed. Waits until everything is at rest, see `Rest`; the relay's log and every
    device's are read to their ends then.

    Fails with ``Bob lost 1 operation of 50: Alice #21``; as unknown when nothing was sent, or when a device
    could not be read to its end after its last restart.

    Example:
    | Then Bob should receive all 20 messages within 60 seconds
    | And nothing should be lost

    Source: plan L-1.3.
    """

    page = "Outcome"
    template = "nothing should be lost"

    def run(self, world: World) -> None:
        world.verdicts.require_at_rest("no_loss", None)


class AllAgree(Sentence):
    """All devices must have delivered the same messages, in the same order.

    The order may be any, as long as it is one. Waits until everything is at rest, see `Rest`.

    Fails with ``Bob lacks 1 operation that Alice has``, or ``in place 7 Alice has Bob #3 and Bob has Alice
    #4``; as unknown when nothing was delivered.

    Example:
    | Then Alice and Bob should each have all 200 messages within 30 seconds
    | And all devices should hold the same messages in the same order

    Source: plan L-3.3.
    """

    page = "Outcome"
    template = "all devices should hold the same messages in the same order"
    needs = ("order:total",)

    def run(self, world: World) -> None:
        world.verdicts.require_at_rest("convergence", None)


def _require_receipt(world: World, name: str, count: int | None, within: Duration) -> None:
    """All messages of the others; `count`, where the sentence says one, must be what the scenario sends."""
    world.node(name)
    sent = world.operations.to(name)
    if sent == 0:
        raise InvalidScenario(f"Nobody sends {name} anything in this scenario: say first who does.")
    if count is not None and count != sent:
        raise InvalidScenario(
            f"The scenario sends {counted(sent, 'message')} to {name}, but this sentence expects {count}: it "
            "has to say how many come in all."
        )
    world.verdicts.within(
        "delivery",
        f"{name} to receive all {counted(sent, 'message')}",
        lambda: world.operations.missing(name) == [] and world.operations.received(name) >= sent,
        within,
        name,
    )


def _require_all(world: World, name: str, count: int, within: Duration) -> None:
    """All messages of everybody, its own included."""
    messages = world.operations
    total = messages.to(name) + messages.author(name).enqueued
    if total != count:
        raise InvalidScenario(
            f"The scenario sends {counted(total, 'message')} in all, but this sentence expects {count}."
        )
    world.verdicts.within(
        "delivery",
        f"{name} to have all {counted(count, 'message')}, its own included",
        lambda: messages.missing(name, own=True) == [] and len(world.history.delivered(name)) >= count,
        within,
        name,
    )

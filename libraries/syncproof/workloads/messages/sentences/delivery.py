"""Sentences about what must have arrived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.evidence.checkers.verdict import count as counted
from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: What is judged, where a sentence says nothing else: all messages of the others, as many as there are.
_ALL = {"wanted": None, "own": False, "first": 1, "last": None}


class ReceivesAll(Outcome):
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

    template = "${device} should receive all ${count} messages within ${duration}"
    check = "delivery"
    device: Device
    count: int
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return _asked_of(world, self.device.name, self.count)

    def ready(self, world: World) -> bool:
        return not world.operations.missing(self.device.name)


class ReceivesEverything(Outcome):
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

    template = "${device} should receive everything within ${duration}"
    check = "delivery"
    device: Device
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        return _asked_of(world, self.device.name, None)

    def ready(self, world: World) -> bool:
        return not world.operations.missing(self.device.name)


class ReceivesRange(Outcome):
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

    template = "${device} should receive messages ${first} to ${last} within ${duration}"
    check = "delivery"
    device: Device
    first: int
    last: int
    duration: Duration

    def limits(self, world: World) -> dict[str, Any]:
        name, first, last, messages = self.device.name, self.first, self.last, world.operations
        if not 1 <= first <= last:
            raise InvalidScenario(
                f"There are no messages {first} to {last}: they are numbered from 1 upwards."
            )
        if last > max((messages.author(n).enqueued for n in messages.authors() if n != name), default=0):
            raise InvalidScenario(
                f"Nobody sends {name} a message {last}: the sentence asks for more than the scenario."
            )
        return {**_ALL, "first": first, "last": last}

    def ready(self, world: World) -> bool:
        messages = world.operations
        missing = (messages.number(op_id) for op_id in messages.missing(self.device.name))
        return not world.scheduler.pending and not any(self.first <= n <= self.last for n in missing)


class EachHave(Outcome):
    """Each of the devices must have all messages of everybody, its own included.

    ``devices``: see `Devices`. ``count``: a `Number`, all messages that were asked for in this scenario.
    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Waits until all of them have them. Fails when the deadline passes (``expected Alice to have all 200 messages,
    its own included``), and at once when the scenario sends another number.

    Example:
    | When Alice sends 100 messages
    | And Bob sends 100 messages
    | Then Alice and Bob should each have all 200 messages within 30 seconds

    Source: plan L-3.3, L-0.1.
    """

    template = "${devices} should each have all ${count} messages within ${duration}"
    check = "delivery"
    devices: Devices
    count: int
    duration: Duration

    @property
    def judged(self) -> tuple[str, ...]:
        return tuple(device.name for device in self.devices)

    def limits(self, world: World) -> dict[str, Any]:
        for name in self.judged:
            total = world.operations.to(name) + world.operations.author(name).enqueued
            if total != self.count:
                raise InvalidScenario(
                    f"The scenario sends {counted(total, 'message')} in all, but this sentence expects {self.count}."
                )
        return {**_ALL, "wanted": self.count, "own": True}

    def ready(self, world: World) -> bool:
        return not any(world.operations.missing(name, own=True) for name in self.judged)


class HasNoDuplicates(Outcome):
    """A device must not have delivered any message twice, before or after a restart.

    Waits until everything is at rest, see `Rest`: a second copy that comes late is still found. Then every
    entry of the device's delivery log is counted as it was read.

    Fails with ``Bob got 2 operations twice: Alice #21, #22``; as unknown when nothing was delivered.

    Example:
    | Then Bob should receive all 50 messages within 30 seconds
    | And Bob should have no duplicates

    Source: plan L-1.1.
    """

    template = "${device} should have no duplicates"
    check = "no_duplicates"
    device: Device


class IsInOrder(Outcome):
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

    template = "${device}'s messages should be in order"
    check = "sender_order"
    needs = ("order:sender",)
    device: Device


class NothingIsLost(Outcome):
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

    template = "nothing should be lost"
    check = "no_loss"


class AllAgree(Outcome):
    """All devices must have delivered the same messages, in the same order.

    The order may be any, as long as it is one. Waits until everything is at rest, see `Rest`.

    Fails with ``Bob lacks 1 operation that Alice has``, or ``in place 7 Alice has Bob #3 and Bob has Alice
    #4``; as unknown when nothing was delivered.

    Example:
    | Then Alice and Bob should each have all 200 messages within 30 seconds
    | And all devices should hold the same messages in the same order

    Source: plan L-3.3.
    """

    template = "all devices should hold the same messages in the same order"
    check = "convergence"
    needs = ("order:total",)


def _asked_of(world: World, name: str, count: int | None) -> dict[str, Any]:
    """How many messages of the others there are; `count`, where the sentence says one, must be that."""
    world.node(name)
    sent = world.operations.to(name)
    if sent == 0:
        raise InvalidScenario(f"Nobody sends {name} anything in this scenario: say first who does.")
    if count is not None and count != sent:
        raise InvalidScenario(
            f"The scenario sends {counted(sent, 'message')} to {name}, but this sentence expects {count}: it "
            "has to say how many come in all."
        )
    return {**_ALL, "wanted": sent}

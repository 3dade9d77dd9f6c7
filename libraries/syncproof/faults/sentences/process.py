"""Sentences about the process of a device: suspended, killed, started again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.program import Killed, Suspended
from syncproof.kernel.cast import Device, Pronoun
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class KilledAfterReceiving(Sentence):
    """Kill a device (``kill -9``) exactly behind a message that it received.

    ``pronoun``: see `Pronoun`. ``count``: a `Number` of messages of the others, which must be enqueued before;
    0 is good.

    Waits at most 60 seconds until it has received so many; the next message is sent behind the kill. Fails at
    once when fewer are enqueued or more have arrived. Ends with `${device} starts again after ${duration}`, or
    with the test. Inconclusive when nothing was outstanding at the device while it was dead.

    Example:
    | When Alice sends 50 messages
    | And Bob is killed when he has received 20 messages
    | And Bob starts again after 2 seconds

    Source: plan L-2.3.
    """

    page = "Devices"
    template = "${device} is killed when ${pronoun} has received ${count} messages"
    roles = ("kills",)
    device: Device
    pronoun: Pronoun
    count: int

    def run(self, world: World) -> None:
        world.operations.run_until_received(self.device.name, self.count)
        world.topology.expect_silence(self.device.name)
        world.faults.begin(killing(world, self.device.name))


class IsSuspended(Sentence):
    """Stop a device's process (``SIGSTOP``; a container is paused): it stands still, its connections open.

    Hands over the messages that are due, then acts at once; the kernel's own word is the proof. Ends with
    `${device}'s process is resumed after ${duration}`, or with the test. The device cannot take messages
    meanwhile.

    The test fails as inconclusive when nothing was outstanding at the device while it stood still.

    Example:
    | And Bob's process is suspended
    | When Alice sends messages 51 to 100
    | And Bob's process is resumed after 40 seconds

    Source: plan L-2.1; signal(7).
    """

    page = "Devices"
    template = "${device}'s process is suspended"
    device: Device

    def run(self, world: World) -> None:
        world.operations.flush()
        name = self.device.name
        world.topology.expect_silence(name)
        world.faults.begin(suspending(world, name))


class IsResumed(Sentence):
    """Let a suspended process run again (``SIGCONT``), so long after it was suspended.

    ``duration``: a `Duration` from when the process was suspended; TIME_SCALE applies. Real time passes, also
    for the device: one of the bundled system takes a gap of 30 seconds or more for a sleep, and catches up.

    Enqueues; deadlines of later sentences begin when the process was seen to run again. Fails at once when
    the device is not suspended (``There is no suspended process of Bob that could end here``).

    Example:
    | And Bob's process is suspended
    | When Alice sends messages 51 to 100
    | And Bob's process is resumed after 40 seconds

    Source: plan L-2.1.
    """

    page = "Devices"
    template = "${device}'s process is resumed after ${duration}"
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        world.end_fault_after([Suspended], [self.device.name], self.duration)


class KilledDuringCatchUp(Sentence):
    """Kill a device (``kill -9``) in the middle of its catch-up.

    ``count``: a `Number`, how many messages of others it must have received, from this sentence on, before it
    is killed.

    Waits at most 60 seconds for them, then kills at once. Fails with ``expected Bob to have caught up on 40
    messages``. Fails as inconclusive when the device is no longer catching up by then (``Bob was to be killed
    in the middle of catch-up, but is live``): make its link slower, or send more before.

    Example:
    | When Bob's bandwidth is limited to 50 KB/s
    | And Bob starts catching up
    | And Bob is killed after catching up on 40 messages
    | And Bob starts again after 2 seconds

    Source: plan L-2.3.
    """

    page = "Devices"
    template = "${device} is killed after catching up on ${count} messages"
    roles = ("kills",)
    device: Device
    count: int

    def run(self, world: World) -> None:
        name = self.device.name
        world.topology.run_until_caught_up_on(name, self.count)
        world.topology.expect_silence(name)
        world.faults.begin(killing(world, name))


class IsKilled(Sentence):
    """Kill a device's process (``kill -9``), now.

    Hands over the messages that are due, then kills at once: what the device had not made durable is gone. It
    stays dead until `${device} starts again after ${duration}`, or until the end of the test, which starts it
    again.

    The test fails as inconclusive when nothing was outstanding at the device while it was dead.

    Example:
    | And Bob is killed
    | And Alice sends 20 messages
    | And Bob starts again after 2 seconds
    | Then Bob should receive everything within 30 seconds

    Source: plan L-2.3.
    """

    page = "Devices"
    template = "${device} is killed"
    roles = ("kills",)
    device: Device

    def run(self, world: World) -> None:
        world.operations.flush()
        world.topology.expect_silence(self.device.name)
        world.faults.begin(killing(world, self.device.name))


class StartsAgain(Sentence):
    """Start a killed device again on what it had on disk, so long after it was killed.

    ``duration``: a `Duration` from when the device was killed; TIME_SCALE applies.

    Enqueues; deadlines of later sentences begin when the new process is ready. Fails at once when the device
    was not killed, or was already started again (``There is no killed process of Bob that could end here``).

    Example:
    | And Bob is killed after catching up on 40 messages
    | And Bob starts again after 2 seconds
    | Then Bob should have no duplicates

    Source: plan L-2.3.
    """

    page = "Devices"
    template = "${device} starts again after ${duration}"
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        world.end_fault_after([Killed], [self.device.name], self.duration)


def killing(world: World, name: str) -> Killed:
    """The fault `kill -9` of a device; its end starts it again on the same directory."""
    return Killed(name, (name,), lambda: world.node(name).process, lambda: world.topology.start_again(name))


def suspending(world: World, name: str) -> Suspended:
    """The fault that a device's process stands still."""
    engine = world.test_bed.stack.suspends_by
    return Suspended(name, (name,), lambda: world.node(name).process, engine)

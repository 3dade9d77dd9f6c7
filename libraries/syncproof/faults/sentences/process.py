"""Sentences about the process of a device: suspended, killed, started again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.program import Killed, Suspended
from syncproof.faults.sentences.server import killing
from syncproof.kernel.cast import Device, Node, ServerName
from syncproof.kernel.interrupt import Means
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class IsSuspended(Means):
    """Stop a device's process (``SIGSTOP``; a container is paused): it stands still, its connections open.

    Hands over the messages that are due, then acts at once; for an exact place see InterruptLibrary. The kernel's
    own word is the proof. Ends with `${device}'s process is resumed after ${duration}`, or with the test. The device
    cannot take messages meanwhile.

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

    def begin(self, world: World) -> None:
        name = self.device.name
        world.topology.expect_silence(name)
        engine = world.test_bed.stack.suspends_by
        world.faults.begin(Suspended(name, (name,), lambda: world.node(name).process, engine))


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


class IsKilled(Means):
    """Kill the process of a device, of the relay or of another node (``kill -9``), now.

    ``node``: who is killed, see `Node`.

    Hands over the messages that are due, then kills at once: what was not durable is gone. For an exact place see
    InterruptLibrary: ``Bob is killed after he has received 20 messages``. A device stays dead until `${device} starts
    again after ${duration}`, any other node until ``the relay is restarted after 5 seconds``, or until the end of the
    test, which starts it again.

    The test fails as inconclusive when nothing was outstanding at the device, or at any device while another node was
    dead. The relay's request log dies with it, so that sentences that judge by that are inconclusive in this test.
    Fails at once for the relay while somebody swaps keys.

    Example:
    | And Bob is killed
    | And Alice sends 20 messages
    | And Bob starts again after 2 seconds
    | Then Bob should receive everything within 30 seconds

    Source: plan L-1.1, L-2.3.
    """

    page = "Devices"
    template = "${node} is killed"
    roles = ("kills",)
    node: Node

    def begin(self, world: World) -> None:
        if isinstance(self.subject, ServerName):
            world.faults.begin(killing(world, self.subject.name))
        elif self.subject is not None:
            name = self.subject.name
            world.topology.expect_silence(name)
            world.faults.begin(
                Killed(
                    name,
                    (name,),
                    lambda: world.node(name).process,
                    lambda: world.topology.start_again(name),
                )
            )


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

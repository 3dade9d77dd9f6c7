"""Sentences about devices that sleep, go offline, are stopped or killed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.program import Killed
from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class FallsAsleep(Sentence):
    """Stop a device's pipeline: it neither reads, nor processes, nor sends, and its process goes on.

    Hands over the messages that are due, then acts at once. A sleeping device takes no messages of its own.
    It sleeps until `${device} wakes up ${duration} later`, or to the end of the test.

    Fails where the system does not let its pipeline be stopped. To stop a whole process instead, see
    `${device}'s process is suspended`.

    Example:
    | And Bob falls asleep
    | When Alice sends messages 51 to 100
    | And Bob wakes up 60 seconds later

    Source: plan L-2.1.
    """

    page = "Devices"
    template = "${device} falls asleep"
    needs = ("pause",)
    device: Device

    def run(self, world: World) -> None:
        world.operations.flush()
        world.topology.fall_asleep(self.device.name)


class WakesUp(Sentence):
    """Move a sleeping device's clock on, and let its pipeline run again.

    ``duration``: a `Duration`, how much later it is by the device's own clock; TIME_SCALE applies. No time
    really passes. A device of the bundled system takes a gap of 30 seconds or more for a sleep, and catches
    up.

    Hands over the messages that are due, and waits until the system has taken what undisturbed devices sent.
    Then acts at once, and does not wait for the catch-up. Fails at once
    when the device is not asleep (``Bob cannot wake up: it is online``).

    Example:
    | When Alice sends messages 51 to 100
    | And Bob wakes up 60 seconds later
    | Then Bob should run catch-up before advancing his marker

    Source: plan L-2.1.
    """

    page = "Devices"
    template = "${device} wakes up ${duration} later"
    needs = (
        "pause",
        "clock",
    )
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        world.operations.settle()
        world.topology.wake_up(self.device.name, self.duration)


class GoesOffline(Sentence):
    """Tell a device to disconnect, and wait until it says that it is offline.

    This is what its user does: the network stays as it is, and no fault goes on record. The device takes
    messages as before; they wait in its outbox.

    Hands over the messages that are due, then waits at most 60 seconds; fails with ``expected Bob to be
    offline``.

    Example:
    | And Bob goes offline
    | And Alice sends 50 messages
    | When Bob comes online
    | Then Bob should receive all 50 messages within 30 seconds

    Source: plan L-2.2, L-0.4.
    """

    page = "Devices"
    template = "${device} goes offline"
    roles = ("leaves",)
    device: Device

    def run(self, world: World) -> None:
        world.operations.flush()
        world.topology.go_offline(self.device.name)


class ComesOnline(Sentence):
    """Tell a device that went offline to connect again.

    Hands over the messages that are due, and waits until the system has taken what undisturbed devices sent:
    they were said before. Then acts at once, and does not wait for the connection: the sentence behind it
    does. A device that was killed meanwhile is waited for until its process runs again. The device's memory
    is measured from here on. What it missed meanwhile is what it has to catch up on.

    Example:
    | And Bob goes offline
    | And Alice sends 50 messages
    | When Bob comes online
    | Then Bob should have caught up on reconnection

    Source: plan L-2.2, L-0.4.
    """

    page = "Devices"
    template = "${device} comes online"
    roles = ("returns",)
    device: Device

    def run(self, world: World) -> None:
        world.operations.settle()
        world.topology.come_online(self.device.name)


class AllGoOffline(Sentence):
    """Tell several devices to disconnect, and wait until all have.

    ``devices``: `Devices`. Like `${device} goes offline`, one after the other: what each of them does from
    here on, the others learn only when both are back.

    Example:
    | And Alice and Bob go offline
    | When Alice writes "milk and eggs" into entry "shopping"
    | And Bob writes "milk and bread" into entry "shopping"
    | And Alice and Bob come online

    Source: plan L-3.1.
    """

    page = "Devices"
    template = "${devices} go offline"
    roles = ("leaves",)
    devices: Devices

    def run(self, world: World) -> None:
        world.operations.flush()
        for device in self.devices:
            world.topology.go_offline(device.name)


class AllComeOnline(Sentence):
    """Tell several devices that went offline to connect again.

    ``devices``: `Devices`. Like `${device} comes online`: hands over the messages that are due, and does not
    wait for the connections.

    Example:
    | And Alice and Bob go offline
    | When Alice writes "milk and eggs" into entry "shopping"
    | And Alice and Bob come online

    Source: plan L-3.1.
    """

    page = "Devices"
    template = "${devices} come online"
    roles = ("returns",)
    devices: Devices

    def run(self, world: World) -> None:
        world.operations.settle()
        for device in self.devices:
            world.topology.come_online(device.name)


class StartsCatchingUp(Sentence):
    """Tell a device that went offline to connect again, and wait until it says that it is catching up.

    Like `${device} comes online`, and then waits at most 60 seconds. Fails with ``expected Bob to be catching
    up``, also when the catch-up was over before anybody saw it: make the link slower, or send more before.

    Example:
    | When Bob's bandwidth is limited to 10 KB/s
    | And Bob starts catching up
    | And Alice sends messages 111 to 160

    Source: plan L-2.3.
    """

    page = "Devices"
    template = "${device} starts catching up"
    device: Device

    def run(self, world: World) -> None:
        world.topology.start_catching_up(self.device.name)


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
        world.faults.begin(world.topology.suspending(name))


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
        world.end_fault_after(["suspend"], [self.device.name], self.duration)


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
        world.faults.begin(world.topology.killing(name))


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
        world.faults.begin(world.topology.killing(self.device.name))


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
        world.end_fault_after([Killed.kind], [self.device.name], self.duration)

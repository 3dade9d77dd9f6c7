"""Sentences about devices that meet, sleep, leave, come back, or begin anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.interrupt import Means
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class AreSyncing(Sentence):
    """Start the devices, put them into one fresh group, connect them, and wait until all are live.

    ``devices``: two or more of the cast, see `Devices`. Each is a process of its own, with data and a network
    of its own; nothing of an earlier test is theirs. This is the first sentence of every scenario and comes
    once.

    Waits at most 60 seconds; fails with ``expected Alice and Bob to be syncing``. Fails at once when the
    scenario has introduced its devices before.

    Example:
    | Given Alice and Bob are syncing
    | When Alice sends 50 messages

    Source: plan L-0.1.
    """

    page = "Devices"
    template = "${devices} are syncing"
    devices_are = "introduced"
    devices: Devices

    def run(self, world: World) -> None:
        world.topology.meet([device.name for device in self.devices])


class FallsAsleep(Means):
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

    def begin(self, world: World) -> None:
        world.topology.fall_asleep(self.device.name)


class WakesUp(Sentence):
    """Move a sleeping device's clock on, and let its pipeline run again.

    ``duration``: a `Duration`, how much later it is by the device's own clock; TIME_SCALE applies. No time
    really passes. A device of the bundled system takes a gap of 30 seconds or more for a sleep, and catches
    up. One that was offline before is offline again.

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


class GoesOffline(Means):
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

    def begin(self, world: World) -> None:
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


class AllGoOffline(Means):
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

    def begin(self, world: World) -> None:
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


class IsInstalledAnew(Sentence):
    """A device loses all its data and starts as it did on its first day: its checkpoint, its marker, all messages.

    Its name, and with it its place in the group, stays. Hands over the messages that are due, takes it offline,
    ends its process, starts another one on an empty directory, names its group to it and tells it to connect.
    What it had not sent is gone with its data, so let others receive it before.

    All that the group has ever said has to come again, so sentences that count what it should have received
    begin at nothing, and neither its delivery log nor its marker is held against what they were before.

    Example:
    | And Bob is reinstalled
    | Then Bob should receive all 50 messages within 30 seconds
    | And Bob should have no duplicates

    Source: plan L-2.1; a lost checkpoint.
    """

    page = "Devices"
    template = "${device} is reinstalled"
    formerly = ("${device} is installed anew",)
    needs = ("history",)
    device: Device

    def run(self, world: World) -> None:
        world.topology.reinstall(self.device.name)

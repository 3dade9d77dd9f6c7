"""Sentences about who wants a lock, and about lock files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device, Devices
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.text import Text
from syncproof.workloads.locks.state import Locks

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class AsksForLock(Sentence):
    """Let a device want the lock of a file from now on: it has it as soon as it can, and keeps it until told otherwise.

    ``path``: a `Text`; there need be no such file. A lock stops nobody from writing the file: it is for programs that
    ask for it. At the end of every test it is judged that no two devices had one lock at a time.

    Hands over the messages that are due, then asks; for who has it see
    ``${device} should have the lock of "${path}" within ${duration}``.

    Example:
    | When Alice asks for the lock of "plan.txt"
    | Then Alice should have the lock of "plan.txt" within 10 seconds

    Source: plan P-1.2.2.
    """

    page = "Devices"
    template = '${device} asks for the lock of "${path}"'
    device: Device
    path: Text

    def run(self, world: World) -> None:
        world.operations.flush()
        world.of(Locks).ask(self.device.name, str(self.path))


class AllAskForLock(Sentence):
    """Let several devices want the lock of a file from now on, one directly behind the other.

    ``devices``: see `Devices`. ``path``: a `Text`. Like `${device} asks for the lock of "${path}"`.

    Example:
    | When Alice and Bob ask for the lock of "plan.txt" at once
    | Then the lock of "plan.txt" should be with one of Alice and Bob within 10 seconds

    Source: plan P-1.2.1.
    """

    page = "Devices"
    template = '${devices} ask for the lock of "${path}" at once'
    devices: Devices
    path: Text

    def run(self, world: World) -> None:
        world.operations.flush()
        for device in self.devices:
            world.of(Locks).ask(device.name, str(self.path))


class GivesLockBack(Sentence):
    """Let a device need a lock no more that it wanted, whether it has it or not.

    ``path``: a `Text`. Hands over the messages that are due, then tells the device. Fails at once when the device was
    not asked to have the lock.

    Example:
    | When Alice gives back the lock of "plan.txt"
    | Then Bob should have the lock of "plan.txt" within 10 seconds

    Source: plan P-4.2.2.
    """

    page = "Devices"
    template = '${device} gives back the lock of "${path}"'
    device: Device
    path: Text

    def run(self, world: World) -> None:
        world.operations.flush()
        world.of(Locks).give_back(self.device.name, str(self.path))


class HolderGivesLockBack(Sentence):
    """Let the device that has a lock need it no more, whichever that is.

    ``path``: a `Text`. Like `${device} gives back the lock of "${path}"`; fails at once when no device has it.

    Example:
    | Then the lock of "plan.txt" should be with one of Alice and Bob within 10 seconds
    | When whoever has the lock of "plan.txt" gives it back

    Source: plan P-1.2.1.
    """

    page = "Devices"
    template = 'whoever has the lock of "${path}" gives it back'
    path: Text

    def run(self, world: World) -> None:
        world.operations.flush()
        locks = world.of(Locks)
        locks.give_back(locks.holder(str(self.path)), str(self.path))


class DamagesLockFile(Sentence):
    """Write over a lock file in a device's folder, as a careless program does.

    ``path``: a `Text`, of the file that is locked. Acts at once. Fails at once when the device has no such lock file.

    Example:
    | When Bob's lock file of "plan.txt" is damaged
    | Then Bob should show Alice's lock of "plan.txt" within 10 seconds

    Source: plan P-1.2.6.
    """

    page = "Devices"
    template = '${device}\'s lock file of "${path}" is damaged'
    device: Device
    path: Text

    def run(self, world: World) -> None:
        world.of(Locks).damage(self.device.name, str(self.path))


class ProtectsDirectory(Sentence):
    """Take from everybody the right to add, replace or remove anything in a directory of a device's folder.

    ``directory``: a `Text`, its path; the device has it. What lies in it can still be read. Acts at once; lasts until
    `${device}'s directory "${directory}" is writable again`. Inconclusive when the device can write there all the same.

    Example:
    | When Bob's directory "docs" is read-only
    | And Alice asks for the lock of "docs/plan.txt"

    Source: plan P-1.2.7; open(2), EACCES.
    """

    page = "Devices"
    template = '${device}\'s directory "${directory}" is read-only'
    device: Device
    directory: Text

    def run(self, world: World) -> None:
        world.operations.flush()
        world.of(Locks).protect(self.device.name, str(self.directory), read_only=True)


class FreesDirectory(Sentence):
    """Let a directory of a device's folder be changed again.

    ``directory``: a `Text`. Acts at once.

    Example:
    | When Bob's directory "docs" is writable again
    | Then Bob should show Alice's lock of "docs/plan.txt" within 10 seconds

    Source: plan P-1.2.7.
    """

    page = "Devices"
    template = '${device}\'s directory "${directory}" is writable again'
    device: Device
    directory: Text

    def run(self, world: World) -> None:
        world.operations.flush()
        world.of(Locks).protect(self.device.name, str(self.directory), read_only=False)

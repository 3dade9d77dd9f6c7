"""Sentences about files of a device that another program has for itself, and gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.storage.locked import LockedFiles, databases
from syncproof.kernel.cast import Device
from syncproof.kernel.interrupt import Means
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import DisksUnavailable

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class AreLocked(Means):
    """Let another program have a device's files for itself, as a virus scanner, an indexer or a backup does on Windows.

    ``device``: whose files they are. Nobody else can write them, until `${device}'s files are unlocked after
    ${duration}`, or to the end of the test: what the device has to store it has to try again.

    Linux has no mandatory locks, so that this is an emulation: the harness holds the write lock of every SQLite
    database in the device's folder, which all who write there heed. Other files are not locked. The test is skipped,
    with the reason, where there is no such database, and in containers.

    Hands over the messages that are due, then acts at once; for an exact place see InterruptLibrary. Inconclusive when
    the lock could not be had, or when nothing was outstanding at the device meanwhile.

    Example:
    | When Bob's files are locked
    | And Alice sends 20 messages
    | And Bob's files are unlocked after 20 seconds
    | Then Bob should receive all 20 messages within 30 seconds

    Source: plan X-PLAT-02; LockFileEx of Windows; SQLite, File Locking And Concurrency.
    """

    page = "Devices"
    template = "${device}'s files are locked"
    device: Device

    def begin(self, world: World) -> None:
        name = self.device.name
        paths = databases(world.node(name).directory)
        if not paths:
            raise DisksUnavailable(
                f"{name}'s files cannot be locked: in the device's folder on this machine is no SQLite database."
            )
        world.faults.begin(LockedFiles(name, paths))


class AreUnlocked(Sentence):
    """Give the files of a device back, so long after they were locked.

    ``device``: whose files they are. ``duration``: a `Duration` from when they were locked; TIME_SCALE applies.

    Enqueues; deadlines of later sentences begin when a write lock could be had again. Fails at once when they are not
    locked (``There is no lock on the files of Bob that could end here``).

    Example:
    | And Bob's files are locked after he has received 20 messages
    | And Bob's files are unlocked after 20 seconds
    | Then Bob should receive all 50 messages within 30 seconds

    Source: plan X-PLAT-02.
    """

    page = "Devices"
    template = "${device}'s files are unlocked after ${duration}"
    device: Device
    duration: Duration

    def run(self, world: World) -> None:
        world.end_fault_after([LockedFiles], [self.device.name], self.duration)

"""What must have come of a disk that was full."""

from __future__ import annotations

from syncproof.kernel.cast import Device, Possessive
from syncproof.kernel.outcome import Outcome


class SaysThatItsDiskIsFull(Outcome):
    """A device must have reported, while its disk was full, that a commit failed and is tried again.

    ``possessive``: see `Possessive`. A device that says nothing leaves its user with an application that stands still.

    Waits until everything is at rest; then a ``retry`` event of a ``commit`` must be on record from when the disk was
    full until it had room again. Fails with ``Bob said nothing of a commit that failed while its disk was full``;
    unknown when no disk of the device was full.

    Example:
    | And Bob's disk is full after he has received 20 messages
    | And Bob's disk has room again after 5 seconds
    | Then Bob should receive all 50 messages within 30 seconds
    | And Bob should have said that his disk is full

    Source: plan L-2.3; errno(3), ENOSPC.
    """

    template = "${device} should have said that ${possessive} disk is full"
    check = "full_disk_told"
    device: Device
    possessive: Possessive

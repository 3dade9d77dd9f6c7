"""Sentences about a disk that is full, and has room again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.disk import FullDisk
from syncproof.kernel.cast import Device, Node
from syncproof.kernel.interrupt import Means
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.server import KeepsData
from syncproof.kernel.trouble import DisksUnavailable

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class IsFull(Means):
    """Take all the room that is left on the disk of a device, of the relay or of another node.

    ``node``: whose disk it is, see `Node`. What it has stored stays and can be read; what it would add is refused by
    the system (``ENOSPC``), until `${node}'s disk has room again after ${duration}`, or to the end of the test. A
    device whose disk is full takes no messages of its own.

    The test needs the tag ``disk``: then every program has a small disk of its own (a tmpfs); it is skipped, with the
    reason, where this machine does not let an ordinary user mount one, and in containers. Hands over the messages that
    are due, then acts at once; for an exact place see InterruptLibrary. Inconclusive when a write of the harness's own
    on that disk was not refused, or when nothing was outstanding at the device meanwhile (at any, for the relay).

    Example:
    | When Bob's disk is full
    | And Alice sends 20 messages
    | And Bob's disk has room again after 5 seconds

    Source: plan L-2.3; errno(3), ENOSPC; tmpfs(5).
    """

    page = "Devices"
    template = "${node}'s disk is full"
    node: Node

    def begin(self, world: World) -> None:
        touched: tuple[str, ...] = ()
        if isinstance(self.subject, Device):
            name = self.subject.name
            touched = (name,)
            folder = world.node(name).directory
        else:
            assert self.subject is not None  # its slot always has a value
            node = world.topology.server_named(self.subject.name)
            name, server = node.name, node.server
            if not isinstance(server, KeepsData):
                raise DisksUnavailable(f"Where the {name} of this product keeps its data is not known here.")
            folder = server.directory
        world.faults.begin(FullDisk(name, touched, world.test_bed.stack.disk(folder)))


class HasRoomAgain(Sentence):
    """Give back the room on a full disk, so long after it was full.

    ``node``: whose disk it is, see `Node`. ``duration``: a `Duration` from when it was full; TIME_SCALE applies.

    Enqueues; deadlines of later sentences begin when a write on that disk was taken. Fails at once when the disk is not
    full (``There is no full disk of Bob that could end here``).

    Example:
    | And Bob's disk is full after he has received 20 messages
    | And Bob's disk has room again after 5 seconds
    | Then Bob should receive all 50 messages within 30 seconds

    Source: plan L-2.3; errno(3), ENOSPC.
    """

    page = "Devices"
    template = "${node}'s disk has room again after ${duration}"
    node: Node
    duration: Duration

    def run(self, world: World) -> None:
        name = self.node.name
        if not isinstance(self.node, Device):
            name = world.topology.server_named(name).name
        world.end_fault_after([FullDisk], [name], self.duration)

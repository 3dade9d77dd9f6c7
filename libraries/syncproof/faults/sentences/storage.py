"""Sentences about what a server stores attachments in: it fails half way, reads back other bytes, or is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.storage.attachments import ReadsOtherBytes
from syncproof.faults.storage.away import StorageAway
from syncproof.faults.storage.failing import FailsHalfWay
from syncproof.faults.storage.full import UsesUpQuota
from syncproof.kernel.cast import ServerName
from syncproof.kernel.interrupt import Means
from syncproof.kernel.operations import PATIENCE_S
from syncproof.kernel.quantities import Duration, Size
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.server import BlobServer, QuotaServer, StoringServer
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: What a server writes besides attachments grows to so much at most between two tests: its write-ahead log.
_LEAST = 4_000_000


class StorageFails(Means):
    """Let what the relay stores attachments in fail half way: it takes the first bytes of a file, and no more.

    ``server``: which node, see `ServerName`. ``size``: a `Size`, the bytes of a file that it takes, 4 MB or more, so
    that only attachments are larger. TIME_SCALE does not apply.

    A write that crosses them is cut there, and the next one is refused by the system (``EFBIG``): what was half written
    then is for the relay to deal with. Hands over the messages that are due, then acts at once; for an exact place see
    InterruptLibrary. Ends with `the ${server}'s storage works again after ${duration}`, or with the test. Not in
    containers. Inconclusive when the relay took an attachment of one byte more, or when nothing was outstanding at any
    device meanwhile.

    Example:
    | When the relay's storage fails behind 4 MB of a file
    | And Alice sends a message with an attachment of 8 MB
    | Then Alice should have said that the relay could not store her attachment within 10 seconds

    Source: plan C-STOR-01; setrlimit(2), RLIMIT_FSIZE.
    """

    page = "Network"
    template = "the ${server}'s storage fails behind ${size} of a file"
    needs = ("operator",)
    server: ServerName
    size: Size

    def begin(self, world: World) -> None:
        node = world.topology.server_named(self.server.name)
        if self.size.bytes < _LEAST:
            raise InvalidScenario(
                f"A storage that fails behind {self.size} would fail for the relay's own database too: say at least "
                f"{Size(_LEAST)}."
            )
        limit = world.test_bed.stack.file_limit(node.server.process)
        world.faults.begin(
            FailsHalfWay(node.name, limit, self.size.bytes, storing(node.server).storage_refusal)
        )


class StorageReadsOtherBytes(Means):
    """Let what the relay stores attachments in read back other bytes than were written.

    ``server``: which node, see `ServerName`. Of every attachment that the relay has, one bit is another one; what it
    stores meanwhile is not touched.

    Waits at most 60 seconds until the relay has acknowledged every message with an attachment that was sent, then acts
    at once; for an exact place see InterruptLibrary. Ends with `the ${server}'s storage works again after ${duration}`,
    or with the test. Inconclusive when the relay handed one of them out as it was, or when nothing was outstanding at
    any device meanwhile. Fails at once when nobody sent an attachment.

    Example:
    | And Bob goes offline
    | And Alice sends a message with an attachment of 200 KB
    | And the relay's storage reads back other bytes
    | And Bob comes online
    | Then Bob should have rejected Alice's damaged attachment

    Source: plan C-STOR-02.
    """

    page = "Network"
    template = "the ${server}'s storage reads back other bytes"
    needs = ("operator",)
    server: ServerName

    def begin(self, world: World) -> None:
        node, server = world.topology.server_named(self.server.name), world.topology.server.server
        sent = [invoke.op_id for invoke in world.history.invokes() if invoke.blobs]
        if not sent or not isinstance(server, BlobServer):
            raise InvalidScenario("Nobody sent an attachment that the relay could read back.")
        world.run_until(
            "the relay to have all attachments",
            lambda: all(world.history.outcome(op_id) is not None for op_id in sent),
            PATIENCE_S,
        )
        group = world.topology.group
        stored = {address for op_id in sent for address in server.addresses(group, op_id)}
        files = world.test_bed.stack.storage(node.server.process, server.directory)
        paths = {address: server.blob_path(address) for address in sorted(stored)}
        world.faults.begin(ReadsOtherBytes(node.name, files, paths, server.blob))


class StorageGoesAway(Means):
    """Let what the relay stores attachments in be away: it can neither store one nor hand one out, nor say what it has.

    ``server``: which node, see `ServerName`.

    The folder gets another name. What the relay is just handing out it may go on with. Hands over the messages that are
    due, then acts at once; for an exact place see InterruptLibrary. Ends with `the ${server}'s storage works again
    after ${duration}`, or with the test. Inconclusive when the relay took an attachment of the harness's own, or when
    nothing was outstanding at any device meanwhile.

    Example:
    | When the relay's storage is away
    | And Alice sends 5 messages with attachments of 100 KB
    | And the relay's storage works again after 5 seconds
    | Then Bob should have all attachments within 30 seconds

    Source: plan C-STOR-04.
    """

    page = "Network"
    template = "the ${server}'s storage is away"
    needs = ("operator",)
    server: ServerName

    def begin(self, world: World) -> None:
        node = world.topology.server_named(self.server.name)
        if not isinstance(node.server, BlobServer):
            raise InvalidScenario(f"The {self.server} keeps no attachments.")
        files = world.test_bed.stack.storage(node.server.process, node.server.directory)
        folder = node.server.blob_folder
        world.faults.begin(StorageAway(node.name, files, folder, storing(node.server)))


class StorageWorksAgain(Sentence):
    """Let what the relay stores attachments in work again, so long after it began to fail.

    ``server``: which node, see `ServerName`. ``duration``: a `Duration`; TIME_SCALE applies.

    Enqueues; deadlines of later sentences begin when the relay was seen to store and to hand out again. Fails at once
    when its storage works (``There is no storage that fails half way of relay that could end here``).

    Example:
    | And the relay's storage fails behind 4 MB of a file
    | And the relay's storage works again after 5 seconds
    | Then Bob should have all attachments within 30 seconds

    Source: plan C-STOR-01 to C-STOR-04.
    """

    page = "Network"
    template = "the ${server}'s storage works again after ${duration}"
    server: ServerName
    duration: Duration

    def run(self, world: World) -> None:
        world.end_fault_after(
            [FailsHalfWay, ReadsOtherBytes, StorageAway],
            [world.topology.server_named(self.server.name).name],
            self.duration,
        )


class QuotaIsUsedUp(Means):
    """Let attachments take no more room on the relay than they do: its quota is used up.

    ``server``: which node, see `ServerName`.

    Its operator lowers the quota to what is in use. Hands over the messages that are due, then acts at once; for an
    exact place see InterruptLibrary. Ends with `the ${server}'s quota is raised after ${duration}`, or with the test.
    Inconclusive when the relay took an attachment of the harness's own, or when nothing was outstanding at any device
    meanwhile.

    Example:
    | When the relay's quota is used up
    | And Alice sends a message with an attachment of 200 KB
    | Then Alice should have said that the relay's quota is used up within 10 seconds

    Source: plan C-STOR-03.
    """

    page = "Network"
    template = "the ${server}'s quota is used up"
    needs = ("quota",)
    server: ServerName

    def begin(self, world: World) -> None:
        node = world.topology.server_named(self.server.name)
        if not isinstance(node.server, QuotaServer):
            raise InvalidScenario(f"The {self.server} has no quota.")
        world.faults.begin(UsesUpQuota(node.name, node.server, storing(node.server)))


class QuotaIsRaised(Sentence):
    """Let attachments take the room on the relay that they could take before, so long after the quota was used up.

    ``server``: which node, see `ServerName`. ``duration``: a `Duration`; TIME_SCALE applies.

    Enqueues; deadlines of later sentences begin when the relay took an attachment of the harness's own. Fails at once
    when the quota is not used up (``There is no quota that is used up of relay that could end here``).

    Example:
    | And the relay's quota is used up
    | And the relay's quota is raised after 5 seconds
    | Then Bob should have all attachments within 30 seconds

    Source: plan C-STOR-03.
    """

    page = "Network"
    template = "the ${server}'s quota is raised after ${duration}"
    server: ServerName
    duration: Duration

    def run(self, world: World) -> None:
        world.end_fault_after(
            [UsesUpQuota], [world.topology.server_named(self.server.name).name], self.duration
        )


def storing(server: object) -> StoringServer:
    """A server that can be asked whether it stores. Raises InvalidScenario for another."""
    if isinstance(server, StoringServer):
        return server
    raise InvalidScenario("This system's server does not show the harness what it stores attachments in.")

"""Attachments of which no message speaks: put at the server, and looked for there."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

from syncproof.kernel.operations import PATIENCE_S
from syncproof.kernel.server import BlobServer, CollectingServer, ServerGone
from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World

_BYTES = 1000


class Orphans(State):
    """Those of one scenario, by their digests."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.digests: list[str] = []
        self._told = False
        self._gone_ns: int | None = None

    def put(self, count: int) -> None:
        """Bring so many. Raises InvalidScenario for less than ten: none is in the middle of fewer."""
        if count < 10:
            raise InvalidScenario(
                f"Nobody can be in the middle of collecting {count} orphans: say at least 10."
            )
        server = self.server
        for number in range(count):
            content = random.Random(f"{self._world.topology.group}/orphan/{number}").randbytes(_BYTES)
            digest = hashlib.sha256(content).hexdigest()
            server.put_orphan(digest, content)
            self.digests.append(digest)

    def run_until_in_the_middle(self) -> None:
        """Let the server begin to collect, and go on until some are gone and some are there."""
        world = self._world
        world.run_until(
            "the relay to acknowledge all attachments",
            lambda: all(world.history.outcome(each.op_id) for each in world.history.invokes() if each.blobs),
            PATIENCE_S,
        )
        self.server.collect_orphans()
        self._world.run_until(
            "the relay to be in the middle of collecting orphans", self._in_the_middle, PATIENCE_S
        )

    def look(self) -> None:
        """Put on record which orphans are there, and which attachments are not to which a message refers."""
        world, server = self._world, self._looked_into
        group = world.topology.group
        referred = {
            address: invoke.op_id
            for invoke in world.history.invokes()
            if invoke.blobs and world.history.outcome(invoke.op_id) is not None
            for address in server.addresses(group, invoke.op_id)
        }
        lost = [op_id for address, op_id in referred.items() if server.blob(address) is None]
        seen_ns, left = self._gone_ns, 0
        if seen_ns is None:
            seen_ns, left = world.scheduler.now(), self.left()
        fields = {"put": len(self.digests), "referred": len(referred), "lost": lost}
        world.note("orphans", left=left, seen_ns=seen_ns, **fields)

    def all_collected(self) -> bool:
        """Whether none is left at a server that was told to collect since it started."""
        try:
            if not self._told:
                self.server.collect_orphans()
                self._told = True
            began_ns = self._world.scheduler.now()
            # Those that go last are asked for first.
            if any(self._looked_into.blob(digest) for digest in sorted(self.digests, reverse=True)):
                return False
            # Many questions take long on a busy machine: they were gone when the first was asked for.
            self._gone_ns = began_ns
            return True
        except ServerGone:
            return False

    def left(self) -> int:
        """How many are there."""
        return sum(self._looked_into.blob(digest) is not None for digest in self.digests)

    @property
    def server(self) -> CollectingServer:
        """The server, as one that collects. Raises InvalidScenario for another."""
        server = self._world.test_bed.server
        if not isinstance(server, CollectingServer):
            raise InvalidScenario("This system's server does not say that it collects orphans.")
        return server

    @property
    def _looked_into(self) -> BlobServer:
        server = self._world.test_bed.server
        assert isinstance(server, BlobServer)  # the need `collects` says so
        return server

    def _in_the_middle(self) -> bool:
        """By a look at the first and the last in the order of their digests, which is cheap."""
        there = [self._looked_into.blob(end(self.digests)) is not None for end in (min, max)]
        return any(there) and not all(there)

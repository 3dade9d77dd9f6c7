"""What somebody who is no device can read of what devices said: looked for, and put on record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.kernel.server import Search, SearchableServer
from syncproof.kernel.state import State

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class Captured(State):
    """What else a scenario collects that nobody may be able to read: traffic."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.searches: list[Callable[[], Search]] = []


def looked_through(searches: Sequence[Search]) -> dict[str, int]:
    """How many of what all of them have looked through."""
    looked: Counter[str] = Counter()
    for found in searches:
        looked.update(found.looked)
    return dict(looked)


def search_server(world: World) -> None:
    """Look through all that the server holds, and what was captured, for the operations of this scenario."""
    node, group = world.topology.server, world.topology.group
    server = node.server
    if not isinstance(server, SearchableServer):
        return  # nobody can tell: the checker will say that nothing was searched
    operations = world.history.operations
    digests = {digest: op_id for op_id, invoke in operations.items() for digest in invoke.blobs}
    searches = [server.search(group, digests), *(search() for search in world.of(Captured).searches)]
    for found in searches:
        for op_id, where in found.readable.items():
            if op_id in operations:  # a server may serve several scenarios
                world.record(
                    records.Readable(t_ns=world.scheduler.now(), source=node.name, op_id=op_id, where=where)
                )
    world.note("server_searched", group=group, looked=looked_through(searches))
    world.read_evidence()

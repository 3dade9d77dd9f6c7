"""What the server's operator can read of what devices said: looked for, and put on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.kernel.server import SearchableServer

if TYPE_CHECKING:
    from syncproof.kernel.world import World


def search_server(world: World) -> None:
    """Look through all that the server holds for the operations and attachments of this scenario."""
    node, group = world.topology.server, world.topology.group
    server = node.server
    if not isinstance(server, SearchableServer):
        return  # nobody can tell: the checker will say that nothing was searched
    operations = world.history.operations
    digests = {digest: op_id for op_id, invoke in operations.items() for digest in invoke.blobs}
    found = server.search(group, digests)
    for op_id, where in found.readable.items():
        if op_id in operations:  # a server may serve several scenarios
            world.record(
                records.Readable(t_ns=world.scheduler.now(), source=node.name, op_id=op_id, where=where)
            )
    world.note("server_searched", group=group, looked=found.looked)
    world.read_evidence()

"""The server's own request log, put on record: what devices asked of it, and when, by another word than theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.systems.server import opened

if TYPE_CHECKING:
    from syncproof.world.world import World


class RelayLog:
    """Reads on where it stopped. It has what this scenario's devices asked, and their users' other clients too."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._read = 0

    def read(self) -> None:
        """Put on record what was asked since the last time."""
        world = self._world
        names = {player.identity: player.name for player in world.stage.players.values()}
        lines = opened(world.site.server).requests(self._read)
        if lines:
            self._read = lines[-1].n
        for line in lines:
            if line.who in names:
                world.record(
                    records.Request(
                        t_ns=line.t_ns,
                        source="relay",
                        source_seq=line.n,
                        device=names[line.who],
                        n=line.n,
                        method=line.method,
                        path=line.path,
                        status=line.status,
                    )
                )
        world.read_evidence()

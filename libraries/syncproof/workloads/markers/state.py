"""Read markers as they are when nothing moves any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.kernel.state import State

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class Markers(State):
    """Looked at in every scenario, because one that went back without a word is found by nothing else."""

    always_with = "marker"

    def on_rest(self) -> None:
        """Put on record where each device's markers are."""
        world = self._world
        group = world.topology.group
        for node in world.topology.nodes.values():
            if node.presence != "online":
                continue
            markers = node.agent.markers(group)
            for scope, position in (("local", markers.local), ("remote", markers.remote)):
                if position is not None:
                    world.record(
                        records.Marker(
                            t_ns=world.scheduler.now(),
                            device=node.name,
                            incarnation=node.installation * records.INSTALLATION,
                            group=group,
                            scope="local" if scope == "local" else "remote",
                            old=position.version,
                            new=position.version,
                            n=position.n,
                        )
                    )


def marked(world: World, name: str, scope: str) -> int:
    """How many messages of others lie at or before a device's marker (0: it has none yet)."""
    marker = world.history.marker(name, world.topology.group, scope)
    if marker is None:
        return 0
    return sum(1 for d in world.history.deliveries(name)[: marker.n] if d.author != name)

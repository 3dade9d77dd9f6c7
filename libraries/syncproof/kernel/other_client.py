"""Another client of a device's user, at the server's public interface: it may send what no device of ours would."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from syncproof.kernel.server import RawEvent, ServerClient, client_of
from syncproof.kernel.state import State

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class OtherClients(State):
    """One for each user, made when first asked for; what they send counts as their user's."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._clients: dict[str, ServerClient] = {}

    def of(self, name: str) -> ServerClient:
        """The other client of a device's user."""
        if name not in self._clients:
            identity = self._world.node(name).identity
            self._clients[name] = client_of(self._world.test_bed.server, identity)
        return self._clients[name]

    def push(self, name: str, author: str, events: Sequence[tuple[int, RawEvent]]) -> dict[str, int]:
        """Hand events in, with their numbers among those of their author; their places in the log by op_id.

        author: as the history calls it.
        """
        world, group = self._world, self._world.topology.group
        for number, event in events:
            world.operations.invoke(name, author, number, group, event)
        return self.of(name).push(group, [event for _, event in events])

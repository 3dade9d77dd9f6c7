"""Sentences about a broker and its subscribers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.subscribers import SubscribersDropped
from syncproof.kernel.cast import ServerName
from syncproof.kernel.interrupt import Means

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class SubscribersAreDropped(Means):
    """Let a Redis close the connections of all its subscribers, now, and no others: publishing goes on.

    ``server``: which node that is, see `ServerName`. It is told so in its own protocol (``CLIENT KILL TYPE pubsub``);
    to a subscriber that is too slow it does that by itself.

    Hands over what is due, then begins. They may connect again at once; whoever does so must know that something can
    have come in between. Inconclusive when the node closed no connection, and when nothing was outstanding at any
    device from then on.

    Example:
    | When Alice publishes 12 events on channel "orders"
    | And the redis drops its subscribers

    Source: plan B-14; https://valkey.io/commands/client-kill/.
    """

    page = "Network"
    template = "the ${server} drops its subscribers"
    server: ServerName

    def begin(self, world: World) -> None:
        node = world.topology.server_named(self.server.name)
        world.faults.begin(SubscribersDropped(node.name, node.server.address))

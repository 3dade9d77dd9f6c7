"""Moments between one event and the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Who
from syncproof.kernel.interrupt import Moment

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class AfterEvents(Moment):
    """Exactly behind an event that a client was told of.

    ``who``: the client, see `Who`; it is subscribed to all channels on which something is published. ``count``: a
    `Number` of events that the others publish before. Exact for 0 and for the last one as well.

    Waits at most 60 seconds until the client was told of so many; the next one is published behind what begins then.
    Fails at once when fewer are enqueued, and when it knows of more already.

    Source: plan B-14.
    """

    template = "after ${who} has been told of ${count} events"
    before = ('When Alice publishes 20 events on channel "orders"',)
    who: Who
    count: int

    def reach(self, world: World, name: str) -> None:
        world.operations.run_until_received(name, self.count)

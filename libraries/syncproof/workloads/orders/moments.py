"""Moments between one order and the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Who
from syncproof.kernel.interrupt import Moment

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class AfterOrders(Moment):
    """Exactly behind an order that a user's page has shown.

    ``who``: the user, see `Who`. ``count``: a `Number` of orders that the others add before. Exact for 0 and for the
    last one as well.

    Waits at most 60 seconds until the page shows so many as saved; the next one is added behind what begins then. Fails
    at once when fewer are enqueued, and when it has shown more already.

    Source: plan B-13.
    """

    template = "after ${who} has seen ${count} orders"
    before = ("When Alice adds 20 orders",)
    who: Who
    count: int

    def reach(self, world: World, name: str) -> None:
        world.operations.run_until_received(name, self.count)

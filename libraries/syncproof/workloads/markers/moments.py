"""Moments between what a device has read and what the relay knows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Who
from syncproof.kernel.interrupt import Moment
from syncproof.kernel.trouble import Inconclusive
from syncproof.workloads.markers.state import marked

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class AfterReading(Moment):
    """When a device's own read marker is at a message, and before the relay is told.

    ``who``: the device, see `Who`. ``count``: a `Number` of messages of the others, which must be enqueued before.

    Waits like ``after he has received 20 messages``, then at most 60 seconds for the device's own marker; nothing is
    sent meanwhile. Inconclusive when the relay knows of it by then.

    Source: plan L-5.3.
    """

    template = "after ${who} has read ${count} messages"
    needs = ("marker",)
    before = ("When Alice sends 20 messages",)
    who: Who
    count: int

    def reach(self, world: World, name: str) -> None:
        world.operations.run_until_received(name, self.count)
        world.operations.run_sending_nothing(
            f"{name}'s own marker to be at message {self.count}",
            lambda: marked(world, name, "local") >= self.count,
        )
        if marked(world, name, "remote") >= self.count:
            raise Inconclusive(
                f"Inconclusive: the relay knew {name}'s marker before anything could happen. Run it on a machine "
                "with less to do, or with a larger TIME_SCALE."
            )

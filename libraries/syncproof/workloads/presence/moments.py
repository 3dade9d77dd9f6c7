"""Moments in which a device catches up on what it missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.evidence.checkers.verdict import count as counted
from syncproof.kernel.cast import Who
from syncproof.kernel.interrupt import Moment
from syncproof.kernel.operations import PATIENCE_S
from syncproof.kernel.trouble import Inconclusive

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class AfterCatchingUp(Moment):
    """In the middle of a device's catch-up.

    ``who``: the device, see `Who`. ``count``: a `Number`, how many messages of others it must have received, from
    this sentence on.

    Waits at most 60 seconds for them. Fails with ``expected Bob to have caught up on 20 messages``. Inconclusive
    when the device is no longer catching up by then: make its link slower, or send more before.

    Source: plan L-2.3.
    """

    template = "after ${who} has caught up on ${count} messages"
    own = "after catching up on ${count} messages"
    before = ("When Bob's bandwidth is limited to 50 KB/s", "And Bob starts catching up")
    who: Who
    count: int

    def reach(self, world: World, name: str) -> None:
        messages = world.operations
        before = messages.received(name)
        world.run_until(
            f"{name} to have caught up on {counted(self.count, 'message')}",
            lambda: messages.received(name) - before >= self.count,
            PATIENCE_S,
        )
        state = world.history.connection(name)
        if state != "catching_up":
            raise Inconclusive(
                f"Inconclusive: {name}'s catch-up was to be interrupted in the middle, but {name} is {state}. A "
                f"catch-up comes in pages: let {name} miss more, like 100 messages of 8 KB, and slow its link before "
                f"('{name}'s bandwidth is limited to 50 KB/s')."
            )

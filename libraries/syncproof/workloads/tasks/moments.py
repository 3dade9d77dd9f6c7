"""Moments between one notification and the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Who
from syncproof.kernel.interrupt import Moment

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class AfterNotifications(Moment):
    """Exactly behind a change that a client was notified of.

    ``who``: the client, see `Who`. ``count``: a `Number` of changes that the others were asked for before. Exact for 0
    and for the last one as well.

    Waits at most 60 seconds until the client was notified of so many; the next one is asked for behind what begins
    then. Fails at once when fewer are enqueued, and when it knows of more already.

    Source: plan M-07.
    """

    template = "after ${who} has been notified of ${count} changes"
    before = ("When Alice creates 20 tasks",)
    who: Who
    count: int

    def reach(self, world: World, name: str) -> None:
        world.operations.run_until_received(name, self.count)


class AfterAnswers(Moment):
    """Exactly behind a change of a client that the server answered.

    ``who``: the client, see `Who`. ``count``: a `Number` of changes that the client was asked for before.

    Waits at most 60 seconds until so many are answered; the client is asked for the next one behind what begins then.
    Fails at once when fewer are enqueued, and when it was asked for more already.

    Source: plan M-18.
    """

    template = "after ${who} has had ${count} changes answered"
    before = ("When Bob creates 20 tasks",)
    who: Who
    count: int

    def reach(self, world: World, name: str) -> None:
        world.operations.run_until_sent(name, self.count)

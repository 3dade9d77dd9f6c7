"""Moments between one message and the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Who
from syncproof.kernel.interrupt import Moment

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class AfterReceiving(Moment):
    """Exactly behind a message that a device received.

    ``who``: the device, see `Who`. ``count``: a `Number` of messages of the others, which must be enqueued
    before. Exact for 0 and for the last one as well.

    Waits at most 60 seconds until the device has received so many; the next one is sent behind what begins then.
    Fails at once when fewer are enqueued (``Bob cannot receive 20 messages: only 10 are sent before this
    sentence``), and when more have arrived already.

    Source: plan L-1.1.
    """

    template = "after ${who} has received ${count} messages"
    also = ("when ${who} has received ${count} messages",)
    before = ("When Alice sends 50 messages",)
    who: Who
    count: int

    def reach(self, world: World, name: str) -> None:
        world.operations.run_until_received(name, self.count)


class AfterSending(Moment):
    """Exactly behind a message of a device that the relay acknowledged.

    ``who``: the device, see `Who`. ``count``: a `Number` of messages of the device, which must be enqueued
    before.

    Waits at most 60 seconds until so many are acknowledged; the next one is handed to the device behind what
    begins then. Fails at once when fewer are enqueued (``Bob cannot send 20 messages``), and when more were
    handed over already.

    Source: plan L-1.1.
    """

    template = "after ${who} has sent ${count} messages"
    needs = ("outbox:memory",)
    before = ("When Bob sends 50 messages",)
    who: Who
    count: int

    def reach(self, world: World, name: str) -> None:
        world.operations.run_until_sent(name, self.count)

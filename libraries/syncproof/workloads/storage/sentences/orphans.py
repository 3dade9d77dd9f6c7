"""Sentences about attachments of which no message speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.sentences.server import killing
from syncproof.kernel.cast import ServerName
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.workloads.storage.orphans import Orphans

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class IsKilledWhileCollecting(Sentence):
    """Bring attachments of which no message speaks, let the relay collect them, and kill it (``kill -9``) meanwhile.

    ``server``: which node, see `ServerName`. ``count``: a `Number` of orphans, at least 10; more make it more certain
    that some are left.

    Hands over the messages that are due, and waits until the relay has acknowledged them: what is brought and not yet
    spoken of is an orphan too. Then waits at most 60 seconds until some orphans are gone and some are there.
    The relay stays dead until `the ${server} is restarted after ${duration}`, or to the end of the test. Inconclusive
    when nothing was outstanding at any device meanwhile. Fails when it collects none.

    Example:
    | And the relay is killed in the middle of collecting 200 orphans
    | And the relay is restarted after 2 seconds
    | And Bob comes online
    | Then Bob should have all attachments within 30 seconds

    Source: plan Z-6.5.4.
    """

    page = "Network"
    template = "the ${server} is killed in the middle of collecting ${count} orphans"
    has_singular = False
    needs = ("collects",)
    server: ServerName
    count: int

    def run(self, world: World) -> None:
        world.operations.flush()
        orphans = world.of(Orphans)
        orphans.put(self.count)
        orphans.run_until_in_the_middle()
        world.faults.begin(killing(world, self.server.name))


class CollectedOrphans(Outcome):
    """The relay must have no orphan left, and every attachment to which a message refers.

    ``server``: which node, see `ServerName`. ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Lets the relay collect once more, when it is there, and waits until no orphan is left. Fails when the deadline
    passes (``expected no orphan to be left``), and where an attachment is gone to which a message refers. As unknown
    where there were none.

    Example:
    | And the relay is killed in the middle of collecting 200 orphans
    | And the relay is restarted after 2 seconds
    | Then the relay should have collected its orphans and nothing else within 30 seconds

    Source: plan Z-6.5.4.
    """

    template = "the ${server} should have collected its orphans and nothing else within ${duration}"
    check = "orphans_collected"
    needs = ("collects",)
    server: ServerName
    duration: Duration

    def ready(self, world: World) -> bool:
        return world.of(Orphans).all_collected()

    def look(self, world: World) -> None:
        world.of(Orphans).look()

"""A `Then`: it waits until it can be judged, and a check judges what is on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: For what must be on record already, or within the slack, at scale 1.
SOON = Duration(5)


class Outcome(Sentence):
    """Base of the sentences that say what must have come of a scenario.

    A subclass names its check and the check's limits. One with a slot `duration`, or a `wait`, waits for `ready`, and
    its check gets ``asked_ns`` (when the sentence was said) and ``within_ns``; any other waits until everything is at
    rest. The check alone says whether it holds: a wait that ends too late is a deadline that was missed.
    """

    page = "Outcome"
    #: Name of the check that judges.
    check: ClassVar[str] = ""
    #: How long `ready` is waited for, where no slot `duration` says so; None: until everything is at rest.
    wait: ClassVar[Duration | None] = None

    def limits(self, world: World) -> dict[str, Any]:
        """What the check is given. Raises InvalidScenario where the scenario cannot mean what the sentence says."""
        del world
        return {}

    def ready(self, world: World) -> bool:
        """Whether there is nothing more to wait for; asked between any two things that happen, so it must be cheap."""
        del world
        return False

    def look(self, world: World) -> None:
        """Put on record what the check needs and nobody else reads, once the wait is over.

        What `ready` has seen it puts on record itself: the world goes on, and a second look may see other things.
        """

    @property
    def judged(self) -> tuple[str | None, ...]:
        """The devices that are judged, each alone; None for all of them together."""
        return (self.actors[0] if "device" in self.slots else None,)

    def run(self, world: World) -> None:
        """Wait, look, and let the check judge. Raises AssertionError unless it passes."""
        limits = self.limits(world)
        within: Duration | None = getattr(self, "duration", None) or self.wait
        if within is None:
            world.verdicts.at_rest()
        else:
            asked_ns = world.asked_ns
            world.wait_for(lambda: world.holds(lambda: self.ready(world)), within.seconds)
            limits |= {"asked_ns": asked_ns, "within_ns": world.scaled_ns(within) + world.slack_ns}
        self.look(world)
        for name in self.judged:
            world.verdicts.require(self.check, name, **limits)

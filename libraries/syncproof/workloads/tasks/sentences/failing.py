"""Sentences about requests that fail, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.faults.timeout import TimedOutLink
from syncproof.kernel.cast import Device
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.tasks.state import Tasks

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class TimesOutOnce(Sentence):
    """Close the connections of a client without an answer, until one of its requests has failed by it.

    ``timeout``: a `Duration` of at least 1 ms, how long a connection lives that brings nothing; TIME_SCALE applies.
    What the client sends still arrives.

    Hands over what is due, then begins. Ends by itself as soon as the client has reported a request without an answer,
    so that the next attempt goes through. Inconclusive when a request of the harness's own was answered meanwhile.

    Example:
    | When Alice's connections time out after 100 ms until a request has failed
    | And Alice creates task "report"
    | Then Alice's request should have needed at least 2 attempts

    Source: plan M-04; the toxic ``timeout`` of Toxiproxy.
    """

    page = "Network"
    template = "${device}'s connections time out after ${timeout} until a request has failed"
    device: Device
    timeout: Duration

    def run(self, world: World) -> None:
        world.operations.flush()
        try:
            fault = TimedOutLink(world.links(self.device), world.scaled_s(self.timeout))
        except ValueError as wrong:
            raise InvalidScenario(f"The timeout cannot be {self.timeout}: {wrong}.") from None
        world.of(Tasks).end_at_failure(self.device.name, world.faults.begin(fault))

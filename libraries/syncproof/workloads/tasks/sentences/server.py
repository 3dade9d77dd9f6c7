"""Sentences about the server in front of the tasks: how it is set, and how it protects itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class BreakerIsSet(Sentence):
    """When the server's circuit breaker opens, and for how long it stays open.

    ``count``: a `Number` of failures in a row that open it, at least 1. ``duration``: a `Duration` after which it tries
    again; TIME_SCALE applies. It is for this scenario alone.

    Does nothing yet: it comes before the sentence that introduces the devices, and fails at once behind it.

    Example:
    | Given the relay's circuit breaker opens after 4 failures for 8 seconds
    | And Alice and Bob work on one repository

    Source: plan M-08.
    """

    page = "Devices"
    template = "the relay's circuit breaker opens after ${count} failures for ${duration}"
    needs = ("server_settings:breaker_failures",)
    devices_are = "set"
    count: int
    duration: Duration

    def run(self, world: World) -> None:
        if self.count < 1:
            raise InvalidScenario(f"A circuit breaker opens after 1 failure or more, not after {self.count}.")
        world.topology.set_server(breaker_failures=self.count, breaker_reset_s=self.duration.seconds)


class AdmitsAnyNumber(Sentence):
    """Let the server admit as many requests of one client as come: its rate limit is off, for this scenario alone.

    Does nothing yet: it comes before the sentence that introduces the devices, and fails at once behind it.

    Example:
    | Given the relay admits any number of requests
    | And Alice and Bob work on one repository
    | When Alice creates 1000 tasks

    Source: plan M-12, M-16.
    """

    page = "Devices"
    template = "the relay admits any number of requests"
    needs = ("server_settings:rate_limit",)
    devices_are = "set"

    def run(self, world: World) -> None:
        world.topology.set_server(rate_limit=0)


class BreakerProtects(Outcome):
    """The server's circuit breaker must have opened after its failures, refused, tried again, and closed.

    An answer of 5xx is a failure. So many in a row open it; while it is open every request must be answered 503 with
    the time to come again; the first one after its pause must be let through; one that fails then opens it again, and
    half as many good ones as failures that open it close it. Its pause may last longer by SLACK.

    Waits until everything is at rest, see `Rest`. Fails for any answer that is another one, and when it never
    closed; unknown when no request failed.

    Example:
    | Given the relay's circuit breaker opens after 4 failures for 8 seconds
    | And Alice and Bob work on one repository
    | When the relay's disk is full after Bob has been notified of 4 changes
    | And the relay's disk has room again after 15 seconds
    | Then the relay's circuit breaker should have opened, tried and closed

    Source: plan M-08.
    """

    template = "the relay's circuit breaker should have opened, tried and closed"
    check = "server_breaker"
    needs = ("server_settings:breaker_failures",)

    def limits(self, world: World) -> dict[str, Any]:
        topology = world.topology
        reset_s = topology.server_setting("breaker_reset_s") * world.scale
        return {
            "failures": round(topology.server_setting("breaker_failures")),
            "reset_ms": round(reset_s * 1000),
            "slack_ms": round(world.slack_ns / 1e6),
        }

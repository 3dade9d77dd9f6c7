"""Sentences about the parts of a device: read marker, circuit breaker, retries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syncproof.kernel.cast import Device, Possessive
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class RestoredAfterBreaker(Sentence):
    """Give a device that was cut off its network back, so long after its circuit breaker has opened.

    ``duration``: a `Duration` from the opening; TIME_SCALE applies. On the bundled system the breaker opens
    at 50 failures in a row, and lets nothing through for 10 seconds. ``whose``: see `Possessive`.

    Waits at most 60 seconds until the device reports that the breaker is open, then enqueues; deadlines of
    later sentences begin when a connection through the link was answered. Fails with ``expected Bob's circuit
    breaker to open``; at once when the device's network is not cut.

    Example:
    | When Bob's network is cut
    | And Bob sends 50 messages with attachments of 1 KB
    | And Bob's network is restored 1 second after his circuit breaker has opened

    Source: plan L-5.2.
    """

    page = "Network"
    template = "${device}'s network is restored ${duration} after ${whose} circuit breaker has opened"
    needs = ("breaker",)
    device: Device
    duration: Duration
    whose: Possessive

    def run(self, world: World) -> None:
        opened_ns = world.components.breaker_opened(self.device.name)
        entry = world.faults.find(["cut"], self.device.name)
        since = Duration((opened_ns - entry.started_ns) / 1e9 / world.scale + self.duration.seconds)
        world.end_fault_after(["cut"], [self.device.name], since)


class BreakerPauses(Sentence):
    """While its circuit breaker had to be open, a device must have left the relay alone, and then come back.

    When it had to be open follows from the failed exchanges on record: on the bundled system from the 50th in
    a row for 10 seconds, and as long again after each probe that failed. ``whose``: see `Possessive`.

    Waits until everything is at rest, see `Rest`, then reads the relay's own request log. Fails with ``the
    server heard from Bob (GET /live) 200 ms after Bob's breaker had to open``, or when nothing came after the
    cooldown either; inconclusive when the network worked for less than a twentieth of the pause, or when the
    breaker never had to open.

    Example:
    | And Bob's network is restored 1 second after his circuit breaker has opened
    | Then Bob should have left the relay alone while his circuit breaker was open

    Source: plan L-5.2.
    """

    page = "Outcome"
    template = "${device} should have left the relay alone while ${whose} circuit breaker was open"
    needs = ("breaker", "request_log")
    device: Device
    whose: Possessive

    def run(self, world: World) -> None:
        world.components.breaker_paused(self.device.name)


class BreakerOpens(Sentence):
    """A device's circuit breaker must have opened so many times, or more often.

    ``count``: a `Number`. How often it had to open follows from the failed exchanges on record: at 50 in a
    row on the bundled system, and at each probe that failed after a cooldown.

    Waits until everything is at rest, see `Rest`. Fails when the device reports fewer openings; as
    inconclusive when not so many failures are on record.

    Example:
    | When Bob's network is cut
    | And Bob sends 50 messages with attachments of 1 KB
    | And Bob's network is restored 15 seconds after his circuit breaker has opened
    | Then Bob's circuit breaker should have opened at least 2 times

    Source: plan L-5.2.
    """

    page = "Outcome"
    template = "${device}'s circuit breaker should have opened at least ${count} times"
    needs = ("breaker",)
    device: Device
    count: int

    def run(self, world: World) -> None:
        world.components.breaker_opened_at_least(self.device.name, self.count)


class BacksOff(Sentence):
    """A device's retries of missing attachments must have come with growing pauses, and not for ever.

    On the bundled system half a second after the first failure, and twice as long after each further one, up
    to 5 seconds, give or take a fifth; TIME_SCALE applies. No series of attempts may be longer than fits into
    the time after which a missing attachment is given up.

    Waits until everything is at rest, see `Rest`. Judges the retries that the device scheduled, and the times
    at which the relay's own request log has it ask. Fails with ``Bob scheduled retry 3 of a download in 500
    ms; expected 1600 to 2400 ms``; as unknown when no download was retried three times.

    Example:
    | When Alice's other client sends 100 messages before their attachments of 2 KB
    | And their attachments follow over 40 seconds
    | Then Bob should have all attachments within 40 seconds
    | And Bob's retries should have backed off

    Source: plan L-5.1.
    """

    page = "Outcome"
    template = "${device}'s retries should have backed off"
    needs = ("request_log",)
    device: Device

    def run(self, world: World) -> None:
        world.components.backed_off(self.device.name)

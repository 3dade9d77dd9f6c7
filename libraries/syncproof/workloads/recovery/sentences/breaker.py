"""Sentences about circuit breakers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.evidence import records
from syncproof.faults.network import Cut
from syncproof.kernel.cast import Device, Possessive
from syncproof.kernel.operations import PATIENCE_S
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class BreakerAsFailures(Outcome):
    """A device's circuit breaker must have opened just as often as its failures demand, zero times included.

    The failed and good exchanges on record say how often: on the bundled system once after 50 failures in a
    row, and again for each probe that fails after a cooldown of 10 seconds. The device's figure
    ``circuitOpens`` must be that.

    Waits until everything is at rest, see `Rest`. Fails with ``expected Bob's circuit breaker to have opened
    1 times``; as inconclusive when not one of the device's exchanges failed.

    Example:
    | And Bob's connection flaps every 5 seconds
    | Then Bob should receive all 100 messages within 30 seconds
    | And Bob's circuit breaker should have opened as often as failures demand

    Source: plan L-1.2, L-5.2.
    """

    template = "${device}'s circuit breaker should have opened as often as failures demand"
    check = "breaker"
    needs = ("breaker_settings",)
    device: Device

    def limits(self, world: World) -> dict[str, Any]:
        return _opens(world)

    def look(self, world: World) -> None:
        name = self.device.name
        opens = round(world.node(name).agent.metrics().get("circuitOpens", 0))
        world.note("circuit_opens", device=name, value=opens)


class BreakerPauses(Outcome):
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

    template = "${device} should have left the relay alone while ${whose} circuit breaker was open"
    check = "breaker_pause"
    needs = ("breaker_settings", "request_log")
    device: Device
    whose: Possessive

    def limits(self, world: World) -> dict[str, Any]:
        return _opens(world)

    def look(self, world: World) -> None:
        world.relay_log.read()


class BreakerOpens(Outcome):
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

    template = "${device}'s circuit breaker should have opened at least ${count} times"
    check = "breaker_opened"
    needs = ("breaker_settings",)
    device: Device
    count: int

    def limits(self, world: World) -> dict[str, Any]:
        return {**_opens(world), "at_least": self.count}


class RestoredAfterBreaker(Sentence):
    """Give a device that was cut off its network back, so long after its circuit breaker has opened.

    ``duration``: a `Duration` from the opening; TIME_SCALE applies. On the bundled system the breaker opens
    at 50 failures in a row, and lets nothing through for 10 seconds. ``whose``: see `Possessive`.

    Waits at most 60 seconds until the device reports that the breaker is open, then enqueues: the network
    is back at that time, also while sends of the sentences before are still to be made. Deadlines of later
    sentences begin when a connection through the link was answered. Fails with ``expected Bob's circuit
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
        opened_ns = _breaker_opened(world, self.device.name)
        entry = world.faults.find([Cut], self.device.name)
        since = Duration((opened_ns - entry.started_ns) / 1e9 / world.scale + self.duration.seconds)
        # The breaker opens in the middle of the sends, and a busy machine makes them for longer than it stays open.
        world.end_fault_after([Cut], [self.device.name], since, punctual=True)


def _breaker_opened(world: World, name: str) -> int:
    """Waits until the device says that its breaker has opened; when that was (ns)."""
    entry = world.faults.find([Cut], name)

    def opened() -> list[int]:
        return [
            line.t_ns
            for line in world.history.of(records.Breaker, name)
            if line.state == "open" and line.t_ns >= entry.started_ns
        ]

    world.run_until(f"{name}'s circuit breaker to open", lambda: bool(opened()), PATIENCE_S)
    return opened()[0]


def _opens(world: World) -> dict[str, int]:
    """When a circuit breaker of this system opens, and for how long."""
    return {
        "threshold": round(world.topology.setting("breaker_failures")),
        "cooldown_ns": world.topology.setting_ns("breaker_cooldown_s"),
    }

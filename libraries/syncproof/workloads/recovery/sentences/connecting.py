"""What must have come of a relay that was out of reach for long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.kernel.sentence import Sentence

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class BacksOffConnecting(Outcome):
    """A device that could not connect must have waited longer before each attempt, up to its maximum.

    On the bundled system half a second, one, two, four, then five, give or take a fifth; TIME_SCALE applies. It begins
    anew when the device has been connected for longer than the maximum: a connection that breaks off before is no
    success. A device that does not back off storms
    a relay that comes back, and one that backs off further than that keeps its user waiting.

    Waits until everything is at rest, see `Rest`, then looks at the device's own retries of ``connect``. Fails with
    ``Bob waited 50 ms before attempt 3 to connect, expected at least 160 ms``; inconclusive with fewer than three in a
    row: break the network for longer.

    Example:
    | When Bob's network is cut
    | And Alice sends 20 messages
    | And Bob's network is restored after 15 seconds
    | Then Bob should receive all 20 messages within 30 seconds
    | And Bob should have backed off before each attempt to connect

    Source: plan L-5.1.
    """

    template = "${device} should have backed off before each attempt to connect"
    check = "connect_backoff"
    needs = ("breaker_settings", "settings:retry_jitter")
    device: Device

    def limits(self, world: World) -> dict[str, Any]:
        return {
            "base_ns": world.topology.setting_ns("retry_base_s"),
            "max_ns": world.topology.setting_ns("retry_max_s"),
            "jitter_percent": round(world.topology.setting("retry_jitter") * 100),
        }


class WaitsBeforeConnecting(Sentence):
    """How long devices wait before they connect again: the first time, the longest time, and what chance adds.

    ``least``: a `Duration`, the delay before the first retry; it doubles with each further one. ``most``: a `Duration`,
    the longest it becomes. ``jitter``: a `Duration`, the most that chance adds to each, to the longest too. TIME_SCALE
    applies to all three. It is for the devices of this scenario alone.

    Does nothing yet: it comes before the sentence that introduces the devices, and fails at once behind it.

    Example:
    | Given devices wait 2 seconds to 30 seconds before they connect again and up to 5 seconds more
    | And Alice and Bob are syncing

    Source: plan Z-5.3 (Z-CORE-01).
    """

    page = "Devices"
    template = "devices wait ${least} to ${most} before they connect again and up to ${jitter} more"
    needs = ("settings:retry_jitter_s",)
    devices_are = "set"
    least: Duration
    most: Duration
    jitter: Duration

    def run(self, world: World) -> None:
        world.topology.settings.update(
            retry_base_s=self.least.seconds,
            retry_max_s=self.most.seconds,
            retry_jitter=0.0,
            retry_jitter_s=self.jitter.seconds,
        )


class WaitedAsPlanned(Outcome):
    """A device must have waited before each attempt to connect as long as it was set to, neither less nor more.

    By what ``devices wait 2 seconds to 30 seconds before they connect again and up to 5 seconds more`` says: the k-th
    delay since the device was connected is the first one doubled k-1 times, or the longest one, and up to the jitter
    more.

    Waits until everything is at rest, see `Rest`. Fails with ``Bob waited 6300 ms before attempt 2 to connect, expected
    4000 to 9000 ms``; as unknown when the delays did not get so far as the longest one, nor began anew.

    Example:
    | When Bob's network is cut
    | And Alice sends 20 messages
    | And Bob's network is restored after 50 seconds
    | Then Bob should have waited before each attempt to connect as planned

    Source: plan Z-5.3 (Z-CORE-01).
    """

    template = "${device} should have waited before each attempt to connect as planned"
    check = "reconnect_delays"
    needs = ("settings:retry_jitter_s",)
    device: Device

    def limits(self, world: World) -> dict[str, Any]:
        return {
            "base_ns": world.topology.setting_ns("retry_base_s"),
            "max_ns": world.topology.setting_ns("retry_max_s"),
            "jitter_ns": world.topology.setting_ns("retry_jitter_s"),
        }

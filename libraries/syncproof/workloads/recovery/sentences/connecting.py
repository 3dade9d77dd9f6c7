"""What must have come of a relay that was out of reach for long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class BacksOffConnecting(Outcome):
    """A device that could not connect must have waited longer before each attempt, up to its maximum.

    On the bundled system half a second, one, two, four, then five, give or take a fifth; TIME_SCALE applies. It begins
    anew when the device is connected. A device that does not back off storms a relay that comes back.

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
    needs = ("breaker_settings",)
    device: Device

    def limits(self, world: World) -> dict[str, Any]:
        return {
            "base_ns": world.topology.setting_ns("retry_base_s"),
            "max_ns": world.topology.setting_ns("retry_max_s"),
            "jitter_percent": round(world.topology.setting("retry_jitter") * 100),
        }

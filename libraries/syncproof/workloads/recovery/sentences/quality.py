"""Sentences about what a device shows of how good its link is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from syncproof.kernel.cast import Device
from syncproof.kernel.outcome import Outcome
from syncproof.kernel.quantities import Duration
from syncproof.workloads.recovery.records import Quality

if TYPE_CHECKING:
    from syncproof.kernel.world import World


class _ShowsConnection(Outcome):
    """A device must show this quality of its link."""

    check = "shown_quality"
    needs = ("quality",)
    device: Device
    duration: Duration
    quality: ClassVar[str]

    def limits(self, world: World) -> dict[str, Any]:
        world.topology.syncs(self.device.name)
        return {"state": self.quality}

    def ready(self, world: World) -> bool:
        name = self.device.name
        told = world.history.of(Quality, name)
        if not told or told[-1].state != self.quality:
            return False
        shown = world.node(name).agent.status().quality
        world.note("quality_shown", device=name, state=shown)
        return shown == self.quality


class ShowsDegradedConnection(_ShowsConnection):
    """A device must show that its connection is degraded.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    A device that shows it measures round trips; the bundled one does every two seconds, and says so when two of the
    last three took half a second or more (settings ``ping_s``, ``degraded_s``; TIME_SCALE applies). It must tell the
    change, and its status must say the same. Waits until then. Fails with ``expected Bob to tell that its connection is
    degraded``.

    Example:
    | When Bob's latency is set to 500 ms
    | Then Bob should show a degraded connection within 15 seconds

    Source: plan Z-8.4 (T-LAT-02).
    """

    template = "${device} should show a degraded connection within ${duration}"
    quality = "degraded"


class ShowsGoodConnection(_ShowsConnection):
    """A device must show that its connection is good, or good again.

    ``duration``: a `Duration`; for when it begins see `Deadlines`.

    Like `${device} should show a degraded connection within ${duration}`; on the bundled system a connection is good
    again when two of the last three round trips took no more than 400 ms (``good_s``).

    Example:
    | And Bob's latency is back to normal after 10 seconds
    | Then Bob should show a good connection within 15 seconds

    Source: plan Z-8.4 (T-LAT-02).
    """

    template = "${device} should show a good connection within ${duration}"
    quality = "good"

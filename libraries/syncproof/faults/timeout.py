"""Connections whose replies never come, and that are closed for it."""

from __future__ import annotations

from syncproof.faults.network import ToxicFault
from syncproof.faults.toxiproxy.toxic_types import Timeout
from syncproof.kernel.link import Link, Probe, Sighting


class TimedOutLink(ToxicFault):
    """Every connection loses what comes to the device, and is closed when it has carried nothing for so long.

    after_s: at least a millisecond, because the toxic counts in whole ones and takes 0 for never; else ValueError.
    """

    kind = "timeout"
    called = "connections that time out"

    def __init__(self, links: tuple[Link, ...], after_s: float) -> None:
        if after_s < 0.001:
            raise ValueError(f"{after_s * 1000:g} ms is no time to wait: 1 ms is the least")
        super().__init__(links, Timeout(timeout=round(after_s * 1000)), "downstream")
        self.requested = f"after {after_s * 1000:g} ms"

    def bit(self, link: Link, probe: Probe, sighting: Sighting | None) -> str | None:
        """A connection that was closed without a byte."""
        del link, probe
        if sighting is not None and sighting.outcome in ("closed", "reset") and sighting.received == 0:
            return f"a request was closed without its answer after {sighting.elapsed_ns / 1e6:.0f} ms"
        return None

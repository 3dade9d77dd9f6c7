"""A gateway between devices and their relay answers in its place: it does not reach the relay."""

from __future__ import annotations

from syncproof.faults.gateway import STATUS
from syncproof.faults.gateway.program import Gateway
from syncproof.faults.led_elsewhere import LedElsewhere
from syncproof.kernel.link import Link, Probe, Sighting


class BadGateway(LedElsewhere):
    """Every request of these devices is answered 502 with a page of HTML, and the relay, which is well, sees none."""

    kind = "bad_gateway"
    called = "bad gateway"
    isolates = True

    def __init__(self, links: tuple[Link, ...], gateway: Gateway) -> None:
        super().__init__(links, gateway)
        self.engine, self.requested = "gateway", str(STATUS)

    def bit(self, link: Link, probe: Probe, sighting: Sighting | None) -> str | None:
        """A request of the harness's own that was answered so."""
        del link, probe
        if sighting is not None and sighting.status == STATUS:
            return f"a request was answered {STATUS} after {sighting.elapsed_ns / 1e6:.1f} ms"
        return None

    def gone(self, link: Link, probe: Probe, sighting: Sighting | None) -> str | None:
        """One that was answered otherwise."""
        if sighting is not None and sighting.status == STATUS:
            return None
        return super().gone(link, probe, sighting)

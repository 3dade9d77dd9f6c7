"""A link that is led through the web proxy."""

from __future__ import annotations

from pathlib import Path

from syncproof.faults.led_through import LedThrough
from syncproof.faults.network import LinkFault
from syncproof.faults.requests_only.main import REFUSED
from syncproof.kernel.host import Host
from syncproof.kernel.link import Link, Probe, Sighting


class RequestsOnly(LinkFault):
    """Requests pass on a link, and no WebSocket does; standing connections are closed.

    host: starts the proxy. directory: one of its own.
    """

    kind = "requests_only"
    called = "link on which only requests pass"

    def __init__(self, link: Link, host: Host, directory: Path) -> None:
        super().__init__((link,))
        self.engine = "requests_only"
        self._upstream = link.upstream
        self._proxy = LedThrough(
            host, directory, link.upstream, "requests_only", "syncproof.faults.requests_only.main:run"
        )

    def begin(self) -> None:
        """Both connect anew."""
        (link,) = self.links
        link.redirect(self._proxy.address)

    def bit(self, _link: Link, _probe: Probe, sighting: Sighting | None) -> str | None:
        """It bit when a WebSocket was refused, and a request of the harness's own was answered after that."""
        refused = (self._proxy.directory / REFUSED).exists()
        if refused and sighting is not None and sighting.outcome == "answered":
            return f"a WebSocket was refused, and a request answered after {sighting.elapsed_ns / 1e6:.1f} ms"
        return None

    def end(self) -> None:
        """Lead one to the other again."""
        self.reset_probes()
        (link,) = self.links
        link.redirect(self._upstream)
        self._proxy.discard()

"""Somebody stands between two devices that speak TLS with each other."""

from __future__ import annotations

from pathlib import Path

from syncproof.faults.led_elsewhere import LedElsewhere
from syncproof.faults.led_through import LedThrough
from syncproof.faults.tls_in_the_middle.main import TRIED
from syncproof.kernel.host import Host
from syncproof.kernel.link import Link


class BetweenTwo(LedElsewhere):
    """The link between two devices leads through somebody who shows each of them a certificate of its own.

    host: starts that program. directory: one of its own, for what it can read.
    """

    kind = "tls_in_the_middle"
    called = "man in the middle"

    def __init__(self, link: Link, host: Host, directory: Path) -> None:
        entry = "syncproof.faults.tls_in_the_middle.main:run"
        super().__init__((link,), LedThrough(host, directory, link.upstream, "tls_in_the_middle", entry))
        self.engine, self.requested = "tls_in_the_middle", "another certificate on either side"
        self._directory = directory

    def proof(self) -> str | None:
        """It bit when it has shown both sides a certificate of its own."""
        tried = sum(path.suffix == TRIED for path in self._directory.iterdir())
        return f"both sides were shown another certificate, {tried} times" if tried else None

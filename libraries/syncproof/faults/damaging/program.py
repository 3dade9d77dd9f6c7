"""A link that flips a bit of what passes over it, again and again."""

from __future__ import annotations

from pathlib import Path

from syncproof.faults.damaging.main import DAMAGED
from syncproof.faults.led_through import LedThrough
from syncproof.faults.network import LinkFault
from syncproof.kernel.host import Host
from syncproof.kernel.link import Link


class Damaging(LinkFault):
    """The link is led through a program that damages what is sent; standing connections are closed.

    host: starts that program. directory: one of its own.
    """

    kind = "damaging_link"
    called = "damaging link"
    slows = True

    def __init__(self, link: Link, host: Host, directory: Path) -> None:
        super().__init__((link,))
        self.engine, self.requested = "damaging", "one bit in many"
        self._upstream = link.upstream
        entry = "syncproof.faults.damaging.main:run"
        self._program = LedThrough(host, directory, link.upstream, "damaging", entry)

    def begin(self) -> None:
        """Both connect anew."""
        (link,) = self.links
        link.redirect(self._program.address)

    def proof(self) -> str | None:
        """It bit when it has damaged something."""
        return "a bit of what was sent was flipped" if (self._program.directory / DAMAGED).exists() else None

    def end(self) -> None:
        """Lead one to the other again."""
        self.reset_probes()
        (link,) = self.links
        link.redirect(self._upstream)
        self._program.discard()

"""Devices are led through a program of the harness's own, and to their relay again when that ends."""

from __future__ import annotations

from syncproof.faults.led_through import LedThrough
from syncproof.faults.network import LinkFault
from syncproof.kernel.link import Link


class LedElsewhere(LinkFault):
    """The devices connect anew, and everything that they tell the relay goes to that program."""

    def __init__(self, links: tuple[Link, ...], program: LedThrough) -> None:
        super().__init__(links)
        self._program = program
        self._upstreams: dict[str, str] = {}

    def begin(self) -> None:
        """Lead them to the program."""
        for link in self.links:
            self._upstreams[link.name] = link.upstream
            link.redirect(self._program.address)

    def end(self) -> None:
        """Lead them to their relay again, and end the program."""
        self.reset_probes()
        for link in self.links:
            link.redirect(self._upstreams[link.name])
        self._program.discard()

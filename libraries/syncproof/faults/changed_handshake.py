"""One handshake of a device arrives otherwise than it was sent."""

from __future__ import annotations

from pathlib import Path

from syncproof.faults.framed.frames import Stream
from syncproof.faults.led_through import LedThrough
from syncproof.faults.network import LinkFault
from syncproof.kernel.host import Host
from syncproof.kernel.link import Link


class ChangedHandshake(LinkFault):
    """The device is led through a program that changes one message of the first handshake that it sees.

    host: starts that program. directory: one of its own. upstream: where the relay is. entry: of the program, one that
    runs `framed.program`. change: what it calls the change, and in which direction it is made.
    """

    kind = "changed_handshake"
    called = "changed handshake"

    def __init__(
        self, link: Link, host: Host, directory: Path, upstream: str, entry: str, change: tuple[str, Stream]
    ) -> None:
        super().__init__((link,))
        self.engine, (self.requested, self.direction) = "framed", change
        self._program = LedThrough(host, directory, upstream, "framed", entry, change=self.requested)
        self._upstream = ""

    def begin(self) -> None:
        """The device connects anew, and so shakes hands."""
        (link,) = self.links
        self._upstream = link.upstream
        link.redirect(self._program.address)

    def proof(self) -> str | None:
        """It bit when the program has made its change."""
        done = self._program.directory / "changed"
        return "a message of a handshake was changed" if done.exists() else None

    def end(self) -> None:
        """Lead the device to its relay again."""
        self.reset_probes()
        (link,) = self.links
        link.redirect(self._upstream)
        self._program.discard()

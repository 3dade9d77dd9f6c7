"""One handshake of a device arrives otherwise than it was sent."""

from __future__ import annotations

from pathlib import Path

from syncproof.faults.framed.changes import CHANGES
from syncproof.faults.network import LinkFault
from syncproof.kernel.host import Host
from syncproof.kernel.link import Link


class ChangedHandshake(LinkFault):
    """The device is led through a program that changes one message of the first handshake that it sees.

    host: starts that program. directory: one of its own. upstream: where the relay is. change: a key of `CHANGES`. Else
    KeyError.
    """

    kind = "changed_handshake"
    called = "changed handshake"

    def __init__(self, link: Link, host: Host, directory: Path, upstream: str, change: str) -> None:
        super().__init__((link,))
        self.engine, self.requested, self.direction = "framed", change, CHANGES[change].stream
        self._host, self._done = host, directory / "changed"
        directory.mkdir(parents=True, exist_ok=True)
        config = {
            "directory": str(directory),
            "host": "127.0.0.1",
            "port": 0,
            "upstream": upstream,
            "change": change,
        }
        self._program = host.spawn("framed", "syncproof.faults.framed.main:run", config, role="other")
        self._upstream = ""

    def begin(self) -> None:
        """The device connects anew, and so shakes hands."""
        (link,) = self.links
        self._upstream = link.upstream
        link.redirect(f"{self._program.ready['host']}:{self._program.ready['port']}")

    def proof(self) -> str | None:
        """It bit when the program has made its change."""
        return "a message of a handshake was changed" if self._done.exists() else None

    def end(self) -> None:
        """Lead the device to its relay again."""
        self.reset_probes()
        (link,) = self.links
        link.redirect(self._upstream)
        self._host.discard(self._program)

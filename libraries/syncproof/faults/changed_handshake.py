"""One handshake of a device arrives otherwise than it was sent."""

from __future__ import annotations

from pathlib import Path

from syncproof.faults.framed.frames import Stream
from syncproof.faults.led_elsewhere import LedElsewhere
from syncproof.faults.led_through import LedThrough
from syncproof.kernel.host import Host
from syncproof.kernel.link import Link


class ChangedHandshake(LedElsewhere):
    """The device is led through a program that changes one message of the first handshake that it sees.

    It connects anew, and so shakes hands. host: starts that program. directory: one of its own. upstream: where the
    relay is. entry: of the program, one that runs `framed.program`. change: what it calls the change, and in which
    direction it is made.
    """

    kind = "changed_handshake"
    called = "changed handshake"

    def __init__(
        self, link: Link, host: Host, directory: Path, upstream: str, entry: str, change: tuple[str, Stream]
    ) -> None:
        self._done = directory / "changed"
        super().__init__((link,), LedThrough(host, directory, upstream, "framed", entry, change=change[0]))
        self.engine, (self.requested, self.direction) = "framed", change

    def proof(self) -> str | None:
        """It bit when the program has made its change."""
        return "a message of a handshake was changed" if self._done.exists() else None

"""A link on which every message is sent once more."""

from __future__ import annotations

from pathlib import Path

from syncproof.faults.led_through import LedThrough
from syncproof.faults.network import LinkFault
from syncproof.faults.replaying.main import REPLAYED
from syncproof.kernel.host import Host
from syncproof.kernel.link import Link


class Replayed(LinkFault):
    """The link is led through a man in the middle; standing connections are closed.

    host: starts that program. directory: one of its own. after_s: after so long a silence messages are sent
    once more.
    """

    kind = "replay"
    called = "replay"
    slows = True

    def __init__(self, link: Link, host: Host, directory: Path, after_s: float) -> None:
        super().__init__((link,))
        self.engine, self.requested = "replaying", f"after {after_s:g} s of silence"
        self._upstream = link.upstream
        entry = "syncproof.faults.replaying.main:run"
        self._program = LedThrough(host, directory, link.upstream, "replaying", entry, after_s=after_s)

    def begin(self) -> None:
        """Both connect anew."""
        (link,) = self.links
        link.redirect(self._program.address)

    def proof(self) -> str | None:
        """It bit when it has sent messages once more."""
        done = self._program.directory / REPLAYED
        return "messages were sent once more" if done.exists() else None

    def end(self) -> None:
        """Lead one to the other again."""
        self.reset_probes()
        (link,) = self.links
        link.redirect(self._upstream)
        self._program.discard()

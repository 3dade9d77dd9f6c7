"""A link on which every message is sent once more when a scenario says so."""

from __future__ import annotations

from pathlib import Path

from syncproof.faults.led_through import LedThrough
from syncproof.faults.network import LinkFault
from syncproof.faults.replaying.main import REPLAYED, WANTED
from syncproof.kernel.host import Host
from syncproof.kernel.link import Link


class Replayed(LinkFault):
    """The link is led through a man in the middle; standing connections are closed.

    host: starts that program. directory: one of its own.
    """

    kind = "replay"
    called = "replay"
    slows = True

    def __init__(self, link: Link, host: Host, directory: Path) -> None:
        super().__init__((link,))
        self.engine, self.requested = "replaying", "all messages once more"
        self._upstream = link.upstream
        entry = "syncproof.faults.replaying.main:run"
        self._program = LedThrough(host, directory, link.upstream, "replaying", entry)

    def begin(self) -> None:
        """Both connect anew."""
        (link,) = self.links
        link.redirect(self._program.address)

    def replay(self) -> None:
        """Send what was said once more, as soon as anything comes behind which it can be sent."""
        (self._program.directory / WANTED).touch()

    def replayed(self) -> bool:
        """Whether all that both have said was sent once more."""
        return all((self._program.directory / name).exists() for name in REPLAYED)

    def proof(self) -> str | None:
        """It bit when it has sent messages once more."""
        return "messages were sent once more" if self.replayed() else None

    def end(self) -> None:
        """Lead one to the other again."""
        self.reset_probes()
        (link,) = self.links
        link.redirect(self._upstream)
        self._program.discard()

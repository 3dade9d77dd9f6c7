"""The program that devices are led through instead of to their relay, so that their traffic can be looked at."""

from __future__ import annotations

from pathlib import Path

from syncproof.faults.led_through import LedThrough
from syncproof.kernel.host import Host


class Tap(LedThrough):
    """Started at once. directory: one of its own, for what it keeps. upstream: where the relay is."""

    def __init__(self, host: Host, directory: Path, upstream: str) -> None:
        super().__init__(host, directory, upstream, "tap", "syncproof.faults.tap.main:run")

    def files(self) -> list[Path]:
        """What passed so far: a file for each direction of each connection."""
        return [
            path for path in sorted(self.directory.iterdir()) if path.suffix in (".upstream", ".downstream")
        ]

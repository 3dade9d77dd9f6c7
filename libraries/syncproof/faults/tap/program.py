"""The program that devices are led through instead of to their relay, so that their traffic can be looked at."""

from __future__ import annotations

from pathlib import Path

from syncproof.kernel.host import Host


class Tap:
    """Started at once. directory: one of its own, for what it keeps. upstream: where the relay is."""

    def __init__(self, host: Host, directory: Path, upstream: str) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        config = {"directory": str(directory), "host": "127.0.0.1", "port": 0, "upstream": upstream}
        self._host = host
        self._program = host.spawn("tap", "syncproof.faults.tap.main:run", config, role="other")

    @property
    def address(self) -> str:
        """Where it listens, `host:port`."""
        return f"{self._program.ready['host']}:{self._program.ready['port']}"

    def files(self) -> list[Path]:
        """What passed so far: a file for each direction of each connection."""
        return [
            path for path in sorted(self.directory.iterdir()) if path.suffix in (".upstream", ".downstream")
        ]

    def discard(self) -> None:
        """End it."""
        self._host.discard(self._program)

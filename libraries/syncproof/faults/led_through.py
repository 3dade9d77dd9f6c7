"""A program that a link leads through instead of to the relay."""

from __future__ import annotations

from pathlib import Path

from syncproof.kernel.host import Host, Role


class LedThrough:
    """Started at once.

    directory: one of its own. upstream: where the relay is, as its Toxiproxy sees it. name, entry, role: as for
    `Host.spawn`. more: what its config has beside that.
    """

    def __init__(
        self,
        host: Host,
        directory: Path,
        upstream: str,
        name: str,
        entry: str,
        role: Role = "other",
        **more: object,
    ) -> None:
        self.directory, self._host = directory, host
        directory.mkdir(parents=True, exist_ok=True)
        config = {
            "directory": str(directory),
            "host": "127.0.0.1",
            "port": 0,
            "upstream": upstream,
            **more,
        }
        self._program = host.spawn(name, entry, config, role=role)

    @property
    def address(self) -> str:
        """Where it listens, `host:port`."""
        return f"{self._program.ready['host']}:{self._program.ready['port']}"

    def discard(self) -> None:
        """End it."""
        self._host.discard(self._program)

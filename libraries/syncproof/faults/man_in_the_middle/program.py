"""A program that devices can be led through instead of to their relay, see `faults.man_in_the_middle`."""

from __future__ import annotations

from pathlib import Path

import httpx
import msgspec

from syncproof.faults.man_in_the_middle import DECEIVED_PATH, How
from syncproof.kernel.host import Host
from syncproof.kernel.server import ServerGone


class ManInTheMiddle:
    """Started at once. directory: one of its own. upstream: where the relay is, as its Toxiproxy sees it."""

    def __init__(self, host: Host, directory: Path, upstream: str, how: How) -> None:
        config = {
            "directory": str(directory),
            "host": "127.0.0.1",
            "port": 0,
            "upstream": upstream,
            "how": how,
        }
        self._host = host
        self._program = host.spawn(
            "man_in_the_middle",
            "syncproof.faults.man_in_the_middle.main:run",
            config,
            role="man_in_the_middle",
        )
        # Nothing here speaks TLS, and to read the certificates takes longer than all that it is asked.
        self._client = httpx.Client(timeout=10.0, trust_env=False, verify=False)

    @property
    def address(self) -> str:
        """Where it listens, `host:port`."""
        return f"{self._program.ready['host']}:{self._program.ready['port']}"

    def deceived(self) -> list[str]:
        """The devices, as the relay calls them, that it has given a key of its own. Raises ServerGone."""
        try:
            answer = self._client.get(f"http://{self.address}{DECEIVED_PATH}")
        except httpx.TransportError as wrong:
            raise ServerGone(f"The man in the middle at {self.address} did not answer: {wrong}") from None
        return msgspec.json.decode(answer.content, type=list[str])

    def discard(self) -> None:
        """End it."""
        self._client.close()
        self._host.discard(self._program)

"""A program that devices can be led through instead of to their relay, see `faults.man_in_the_middle`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import httpx
import msgspec

from syncproof.faults.led_through import LedThrough
from syncproof.faults.man_in_the_middle import DECEIVED_PATH, How
from syncproof.kernel.host import Host
from syncproof.kernel.server import ServerGone

_NAME: Final = "man_in_the_middle"


class ManInTheMiddle(LedThrough):
    """Started at once. directory: one of its own. upstream: where the relay is, as its Toxiproxy sees it."""

    def __init__(self, host: Host, directory: Path, upstream: str, how: How) -> None:
        super().__init__(
            host, directory, upstream, _NAME, "syncproof.faults.man_in_the_middle.main:run", _NAME, how=how
        )
        # Nothing here speaks TLS, and to read the certificates takes longer than all that it is asked.
        self._client = httpx.Client(timeout=10.0, trust_env=False, verify=False)

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
        super().discard()

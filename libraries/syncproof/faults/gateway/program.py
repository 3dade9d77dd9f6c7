"""The program that devices are led to instead of to their relay, see `faults.gateway`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import httpx

from syncproof.faults.gateway import CLOSED_PATH
from syncproof.faults.led_through import LedThrough
from syncproof.kernel.host import Host

_NAME: Final = "gateway"


class Gateway(LedThrough):
    """Started at once, and closed. directory: one of its own. upstream: where the relay is, which it does not reach."""

    def __init__(self, host: Host, directory: Path, upstream: str) -> None:
        entry = "syncproof.faults.gateway.main:run"
        super().__init__(host, directory, upstream, _NAME, entry, "man_in_the_middle")
        # Nothing here speaks TLS, and to read the certificates takes longer than all that it is asked.
        with httpx.Client(timeout=10.0, trust_env=False, verify=False) as client:
            client.get(f"http://{self.address}{CLOSED_PATH}").raise_for_status()

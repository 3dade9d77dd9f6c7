"""What damages a link, as a process: `run(config, ready)`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path

from syncproof.faults.damaging.bits import Bits
from syncproof.faults.passing_on import Connection, pass_on

#: In its folder: it says that something was damaged.
DAMAGED = "damaged"


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    """Pass on everything, with one bit in many changed, until SIGTERM.

    config: as for `pass_on`, and directory: where a file says that it was done. ready: called with host and port once
    it serves.
    """
    damaged = (Path(str(config["directory"])) / DAMAGED).touch

    def connection() -> Connection:
        return nullcontext((Bits(damaged).feed, Bits(damaged).feed))

    asyncio.run(pass_on(config, ready, connection))

"""The man in the middle as a process: `run(config, ready)`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path

from syncproof.faults.passing_on import Change, Connection, pass_on
from syncproof.faults.replaying.frames import Frames

#: In its folder, as soon as messages were sent once more.
REPLAYED = "replayed"


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    """Pass on everything, and each message of a WebSocket once more, until SIGTERM.

    config: as for `pass_on`, after_s: after so long a silence, and directory: where a file says that messages were sent
    once more. ready: called with host and port once it serves.
    """
    after_s, said = float(str(config["after_s"])), Path(str(config["directory"])) / REPLAYED

    def one_way() -> Change:
        frames = Frames(after_s, said.touch)
        return lambda data: frames.feed(data, time.monotonic())

    def connection() -> Connection:
        return nullcontext((one_way(), one_way()))

    asyncio.run(pass_on(config, ready, connection))

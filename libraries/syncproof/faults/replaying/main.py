"""The man in the middle as a process: `run(config, ready)`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path

from syncproof.faults.passing_on import Change, Connection, pass_on
from syncproof.faults.replaying.frames import Frames

#: In its folder: this file wants that messages are sent once more; those say that they were, for each direction.
WANTED, REPLAYED = "wanted", ("replayed-upstream", "replayed-downstream")


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    """Pass on everything, and each message of a WebSocket once more when that is wanted, until SIGTERM.

    config: as for `pass_on`, and directory: where files say what is wanted and what was done. ready: called with host
    and port once it serves.
    """
    directory = Path(str(config["directory"]))

    def one_way(said: str) -> Change:
        return Frames((directory / WANTED).exists, (directory / said).touch).feed

    def connection() -> Connection:
        upstream, downstream = REPLAYED
        return nullcontext((one_way(upstream), one_way(downstream)))

    asyncio.run(pass_on(config, ready, connection))

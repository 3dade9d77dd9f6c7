"""The program as a process: `run(config, ready)`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path

from syncproof.faults.framed.changes import CHANGES, Frames
from syncproof.faults.passing_on import Connection, pass_on


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    """Pass on everything between whoever connects and the relay, with one change, until SIGTERM.

    config: as for `pass_on`, and change (a key of `CHANGES`), directory: where a file `changed` says that it was made.
    It is made once, on the first connection that has such a frame. ready: called with host and port once it serves.
    """
    change, done = CHANGES[str(config["change"])], Path(str(config["directory"])) / "changed"

    def once() -> bool:
        if done.exists():
            return False
        done.touch()
        return True

    def connection() -> Connection:
        streams = ("upstream", "downstream")
        upstream, downstream = (Frames(change if change.stream == each else None, once) for each in streams)
        return nullcontext((upstream.feed, downstream.feed))

    asyncio.run(pass_on(config, ready, connection))

"""The tap as a process: `run(config, ready)`."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from syncproof.faults.passing_on import Change, pass_on


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    """Pass on everything between whoever connects and the relay, and keep it, until SIGTERM.

    config: as for `pass_on`, and directory: where each direction of each connection becomes a file. ready: called with
    host and port once it serves.
    """
    folder, numbers = Path(str(config["directory"])), itertools.count(1)

    @contextmanager
    def connection() -> Iterator[tuple[Change, Change]]:
        number = next(numbers)
        with (
            (folder / f"{number}.upstream").open("wb", buffering=0) as up,
            (folder / f"{number}.downstream").open("wb", buffering=0) as down,
        ):
            yield _kept_in(up), _kept_in(down)

    asyncio.run(pass_on(config, ready, connection))


def _kept_in(file: FileIO) -> Change:
    """What passes is in the file before the other side gets it."""

    def keep(data: bytes) -> bytes:
        file.write(data)
        return data

    return keep

"""The program as a process, for whoever knows what to change: `run(config, ready, change)`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from syncproof.faults.framed.frames import Change, Frames
from syncproof.faults.passing_on import Change as Passed
from syncproof.faults.passing_on import pass_on


class _Once:
    """One change for all connections: one of them has it, and gives it back where it ends without making it."""

    def __init__(self, done: Path) -> None:
        self._done, self._taken = done, False

    def take(self) -> bool:
        taken, self._taken = self._taken, True
        return not taken

    def made(self) -> None:
        self._done.touch()

    def give_back(self) -> None:
        self._taken = self._done.exists()


class _OneConnection:
    """The claim of one connection."""

    def __init__(self, once: _Once) -> None:
        self._once, self._has_it = once, False

    def take(self) -> bool:
        self._has_it = self._once.take()
        return self._has_it

    def made(self) -> None:
        self._once.made()

    def ends(self) -> None:
        if self._has_it:
            self._once.give_back()


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None], change: Change) -> None:
    """Pass on everything between whoever connects and the relay, with one change, until SIGTERM.

    config: as for `pass_on`, and directory: where a file `changed` says that the change was made. It is made once, on
    the first connection that has such a frame, and lasts long enough. ready: called with host and port once it serves.
    """
    once = _Once(Path(str(config["directory"])) / "changed")

    @contextmanager
    def connection() -> Iterator[tuple[Passed, Passed]]:
        claim = _OneConnection(once)
        upstream, downstream = (
            Frames(change if change.stream == each else None, claim) for each in ("upstream", "downstream")
        )
        try:
            yield upstream.feed, downstream.feed
        finally:
            claim.ends()

    asyncio.run(pass_on(config, ready, connection))

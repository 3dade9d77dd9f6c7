"""A program that somebody else has started: it is taken to run, and no fault may touch it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from syncproof.processes.errors import ProcessError


class NotOurs(ProcessError):
    """A test needs more than programs that the run has not started can give; the message is the reason of a skip."""


class Elsewhere:
    """what: for people, `The server`. where: `host:port`. instead: how the run could start it. release: at its end."""

    pid, log = 0, Path("/nonexistent")

    def __init__(
        self, what: str, where: str, instead: str, release: Callable[[], None] = lambda: None
    ) -> None:
        host, _, port = where.rpartition(":")
        self.name, self._where, self._instead = what, where, instead
        self.ready: Mapping[str, object] = {"host": host, "port": int(port)}
        self.release = release

    def alive(self) -> bool:
        """Nobody can tell."""
        return True

    def exit_status(self) -> int | None:
        """Nobody can tell."""
        return None

    def kill(self) -> int:
        """Raises NotOurs."""
        self.refuse()

    def stop(self, deadline_s: float = 5.0) -> int:  # noqa: ARG002
        """Raises NotOurs."""
        self.refuse()

    def suspend(self) -> None:
        """Raises NotOurs."""
        self.refuse()

    def resume(self) -> None:
        """Raises NotOurs."""
        self.refuse()

    def refuse(self) -> NoReturn:
        """Raises NotOurs: what was asked for needs the process, or its files."""
        raise NotOurs(
            f"{self.name} at {self._where} was not started by this run, which knows neither its process nor its "
            f"files. {self._instead}"
        )

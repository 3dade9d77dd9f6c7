"""What can go wrong with a process, in words for the person who reads the log."""

from __future__ import annotations


class ProcessError(Exception):
    """Anything about a process of the run: the base of the others."""


class NotReady(ProcessError):
    """A program ended, or its time ran out, before it said that it was ready.

    exit_status: as in `subprocess` (negative: the signal that ended it), None if it was still running.
    """

    def __init__(self, message: str, exit_status: int | None = None) -> None:
        super().__init__(message)
        self.exit_status = exit_status


class StillRunning(ProcessError):
    """A process did not do by its deadline what it was told to do."""


class LauncherGone(ProcessError):
    """The launcher itself has ended, and with it everything that it had started."""

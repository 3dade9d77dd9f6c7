"""Who writes a test's history, as the rest of the harness sees it: a process of its own, or one in memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from syncproof.evidence.lines import Line
from syncproof.evidence.recorder.protocol import Answer
from syncproof.evidence.records import Header


class Lines(Protocol):
    """The history that a recorder is writing."""

    def read_new(self) -> Sequence[Line]:
        """Every line that is complete by now and was not given before."""

    def close(self) -> None:
        """Read no more."""


class Recorder(Protocol):
    """Follows agents and writes down what they say, and what the harness does, on one clock."""

    def open(self, path: Path, header: Header) -> Lines:
        """Start a history in a file. Raises RecorderError where it cannot be written."""

    def record(self, record: Line) -> None:
        """Append a record of the harness (`i` is the recorder's; a `t_ns` of 0 is stamped on arrival)."""

    def attach(
        self,
        device: str,
        url: str,
        identity: str = "",
        installation: int = 0,
        past: int = 0,
        ahead_ns: int = 0,
    ) -> None:
        """Follow an agent; once more after each of its restarts. See `RecorderClient.attach`."""

    def suspend(self, device: str) -> None:
        """Tell that the device is about to be stopped or killed: its silence is then no error."""

    def resume(self, device: str) -> None:
        """Tell that a stopped device runs again."""

    def detach(self, device: str) -> None:
        """Follow a device no longer."""

    def barrier(self, timeout_s: float = 2.0) -> Answer:
        """Wait until everything that agents know now is in the history."""

    def close_history(self) -> Answer:
        """End the history."""

"""What is under test, as the rest of the harness sees it: a server, devices, and what must be known of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from syncproof.systems.profile import Profile
from syncproof.systems.server import Server
from syncproof.systems.stack import Program


class SystemNotThere(Exception):
    """The system that the run names cannot be started or reached here; the message says what to do."""

    #: The message stands for itself: no class name before it in a log.
    ROBOT_SUPPRESS_NAME = True


class Starter(Protocol):
    """Starts a program and waits until it is ready."""

    def spawn(
        self,
        name: str,
        entry: str,
        config: Mapping[str, object],
        *,
        defects: Sequence[str] = (),
        ready_within_s: float = ...,
    ) -> Program: ...


class System(Protocol):
    """A product that suites run against."""

    name: str
    profile: Profile

    @property
    def server_lasts(self) -> str:
        """`suite`: a fresh server for each suite file. `run`: one for all, where starting it costs too much."""

    def identity(self, label: str) -> str:
        """What the system calls a device, from a label that no other device has."""

    def rescale(self, scale: float) -> None:
        """What is started from now on runs at this TIME_SCALE."""

    def start_server(self, directory: Path) -> Server:
        """Start its server with its data in `directory`."""

    def start_device(
        self,
        device: str,
        directory: Path,
        secret: str,
        seed: int,
        settings: Mapping[str, float] | None = None,
    ) -> Program:
        """Start a device with its data in `directory` (again, after it was killed); ready: host and port.

        settings: what of the profile's this device has otherwise, at scale 1.
        """

"""Where a scenario runs, as its world sees it: what outlives a test and is handed to each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from syncproof.evidence import records
from syncproof.evidence.folder import Attempt
from syncproof.kernel.clock import Clock
from syncproof.kernel.host import Host, Program
from syncproof.kernel.node import DeviceNode, ServerNode
from syncproof.kernel.profile import Profile
from syncproof.kernel.recorder import Recorder
from syncproof.kernel.server import Server


class Devices(Protocol):
    """Starts and ends the devices of scenarios."""

    def start(self, name: str, place: int, seed: int, settings: Mapping[str, float]) -> DeviceNode:
        """A device with a name that no other test uses, and its links; `discard` ends it, also where `meet` fails.

        place: among the devices of the scenario, from 0; the instances of a server are handed out by it. settings: what
        of the product's it has otherwise, at scale 1.
        """

    def use_clients(self, kinds: Mapping[str, str]) -> None:
        """Of which kind devices are from now on, by name, where the product has several."""

    def use_platforms(self, platforms: Mapping[str, str]) -> None:
        """On which platform devices are from now on, by name, where it is not this machine's.

        Raises ClientUnavailable where the run names no agent there.
        """

    def link(self, node: DeviceNode, other: DeviceNode) -> None:
        """Link a device to another one, through a proxy of their own, and tell it where that begins."""

    def listens(self, node: DeviceNode) -> str:
        """Where other devices reach it, `host:port`."""

    def meet(self, node: DeviceNode) -> None:
        """Ask a device who it is, and tell it where its links begin."""

    def start_again(self, node: DeviceNode, seed: int, settings: Mapping[str, float]) -> None:
        """Start its process again, on the directory that it has."""

    def require_ours(self, node: DeviceNode) -> None:
        """Raises NotOurs for one that somebody else has started."""

    def wipe(self, node: DeviceNode) -> None:
        """End its process and give it an empty directory."""

    def tell_links(self, node: DeviceNode) -> None:
        """Tell it where its links begin, unless its command line has said so."""

    def discard(self, node: DeviceNode) -> None:
        """End it and its links at once."""


class Servers(Protocol):
    """The nodes of a product that are no devices."""

    @property
    def started(self) -> Mapping[str, ServerNode]:
        """Those that were started up to now, by name."""

    @property
    def nodes(self) -> Mapping[str, ServerNode]:
        """All of them, by name; started if they were not."""

    @property
    def first(self) -> ServerNode:
        """The server that devices sync through; of several instances the first."""

    def configure(self, settings: Mapping[str, float]) -> None:
        """What of the server's settings is otherwise from now on, at scale 1; one that runs with others is ended."""


class Bed(Protocol):
    """Everything that outlives a test.

    scale: TIME_SCALE. slack_s: seconds on top of every deadline. seed: of the run. expected: what may go wrong in a
    scenario and is told in one message, without a traceback. unreachable: those of them that may mean that a process
    has ended.
    """

    scale: float
    slack_s: float
    seed: int
    expected: tuple[type[Exception], ...]
    unreachable: tuple[type[Exception], ...]

    @property
    def profile(self) -> Profile: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def recorder(self) -> Recorder: ...
    @property
    def stack(self) -> Host: ...
    @property
    def servers(self) -> Servers: ...
    @property
    def devices(self) -> Devices: ...

    @property
    def server(self) -> Server:
        """The server that devices sync through; started when it is first asked for."""

    def run_command(self, name: str, argv: Sequence[str], env: Mapping[str, str]) -> Program:
        """Start a program of the product by its command, as it is broken just now. env: beside that of the run."""

    def fresh_directory(self, name: str) -> Path:
        """A directory that nothing else uses."""

    def fresh_group(self, title: str) -> str:
        """A group name that no other test of this run or of any other uses."""

    def claim_history(self, title: str) -> Attempt:
        """A file for the evidence of one attempt of a test, which is nobody else's."""

    def header(self, title: str, attempt: int) -> records.Header:
        """What the history says of the run."""

    def evidence_link(self, history: Path) -> str:
        """Where a history is, relative to the log."""

    def keep_logs(self, folder: Path, nodes: Sequence[DeviceNode]) -> None:
        """Copy what every process has logged beside the evidence of a failed test."""

    def check_alive(self, nodes: Sequence[DeviceNode], servers: Sequence[ServerNode]) -> None:
        """Raises AssertionError for a process that ended though nobody ended it.

        nodes, servers: those that must run.
        """

"""Where a system runs, as the rest of the harness sees it: processes of this machine, or containers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from syncproof.faults.cable import Cable
from syncproof.faults.packets.namespace import PacketPath
from syncproof.faults.toxiproxy.client import Client
from syncproof.systems.storage import Storage

#: What a program is for its product. A device may need a network of its own; a server has to be reached by the proxy.
Role = Literal["server", "agent", "man_in_the_middle", "other"]

Configuration = Callable[[Mapping[str, object]], str]


def as_json(config: Mapping[str, object]) -> str:
    """A configuration as the text of a file."""
    return msgspec.json.encode(config).decode()


class Program(Protocol):
    """A running relay or device, with a process id of its own and signals that really reach it."""

    #: What it said, or what was seen, when it was ready: host and port where the harness reaches it.
    ready: Mapping[str, object]

    @property
    def name(self) -> str: ...
    @property
    def pid(self) -> int: ...
    @property
    def log(self) -> Path: ...
    def alive(self) -> bool: ...
    def exit_status(self) -> int | None: ...
    def kill(self) -> int: ...
    def stop(self, deadline_s: float = 5.0) -> int: ...
    def suspend(self) -> None: ...
    def resume(self) -> None: ...


class Stack(Protocol):
    """Starts programs and a Toxiproxy, and says where links have to listen. What it started for one suite file ends
    with `close_suite`, everything with `close`.
    """

    #: Whether it can run any program, and not only those that its services describe.
    executes: bool

    @property
    def suspends_by(self) -> str:
        """What makes its programs stand still, for the record."""

    @property
    def versions(self) -> Mapping[str, str]:
        """What it is made of besides the system and the Toxiproxy, for the record: name and version."""

    @property
    def toxiproxy(self) -> Client:
        """The Toxiproxy of this suite file; started when it is first asked for."""

    @property
    def links_listen(self) -> str:
        """`host:0`: where the proxy of a link listens, so that a device and the harness's probes reach it."""

    def spawn(
        self,
        name: str,
        entry: str,
        config: Mapping[str, object],
        *,
        role: Role = "other",
        defects: Sequence[str] = (),
        ready_within_s: float = 20.0,
        configuration: Configuration = as_json,
    ) -> Program:
        """Start a program and wait until it is ready; on a directory that one ran in before, start that one again.

        entry: `module:function` of it. role: what it is for its product. configuration: the text of the file from
        which it reads its config where it runs in a container. ready: host and port where the harness reaches it and,
        for a server, where the Toxiproxy does.
        """

    def run(
        self, name: str, argv: Sequence[str], folder: Path, env: Mapping[str, str], *, role: Role = "other"
    ) -> Program:
        """Run any program, which may take its time to get ready. folder: where it works. env: added to the run's.

        Raises SystemNotThere where this stack starts its own only, PacketsUnavailable where an agent needs a network
        of its own.
        """

    def use_packets(self, wanted: bool) -> None:
        """Devices that are started from now on have a network that packet faults can be put on, or need none.

        Raises PacketsUnavailable, with the reason, where this stack cannot give them one.
        """

    def reached_as(self, program: Program, address: str) -> str:
        """What a device has to call an address that the harness calls so."""

    def packet_path(self, program: Program) -> PacketPath:
        """The way between a device and its proxy, packet by packet. Raises PacketsUnavailable without one."""

    def discard(self, program: Program) -> None:
        """End a program at once; nobody needs it any more."""

    def cable(self, program: Program) -> Cable | None:
        """A device's network cable; None where programs have no network of their own."""

    def reset_peak(self, program: Program) -> int:
        """Let its peak memory begin again from here; answers what is resident now, bytes."""

    def peak_bytes(self, program: Program) -> int:
        """The highest resident memory since `reset_peak`, bytes."""

    def storage(self, program: Program, directory: Path) -> Storage:
        """The files of a program that was started with `directory` as its data folder."""

    def own_programs(self) -> list[tuple[str, Program]]:
        """What must run besides server and devices, by what people call it."""

    def close_suite(self) -> None: ...
    def close(self) -> None: ...

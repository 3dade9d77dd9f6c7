"""Where programs run, as scenarios see it: processes of this machine, containers, or nodes in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import msgspec

#: What a program is for its product. A device may need a network of its own; a server has to be reached by the proxy.
Role = Literal["server", "agent", "man_in_the_middle", "other"]

Configuration = Callable[[Mapping[str, object]], str]


def as_json(config: Mapping[str, object]) -> str:
    """A configuration as the text of a file."""
    return msgspec.json.encode(config).decode()


@dataclass(frozen=True)
class ProcessorTime:
    """Seconds that a process has had since it began: on a processor, and ready for one that others had.

    waited_s: of its threads that have not ended. So it may be less than it was before.
    """

    used_s: float
    waited_s: float


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


class Storage(Protocol):
    """The data folder of one program. Paths are relative to it."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; None if there is none."""

    def write(self, path: str, content: bytes) -> None:
        """Make or replace a file, all at once."""

    def remove(self, path: str) -> None:
        """Take a file away."""

    def rename(self, path: str, to: str) -> None:
        """Give a file or a folder another name, at once."""

    def strays(self, name: str) -> list[str]:
        """Files of this name within reach of the program that lie outside its folder."""


class Cable(Protocol):
    """What connects one device with the network of its link. Looks answer what they saw, or None for not yet."""

    engine: str

    def pull(self) -> None:
        """Take the device off its network."""

    def seen_pulled(self) -> str | None:
        """What shows that it has no interface there any more."""

    def plug_in(self) -> None:
        """Put it back under another address."""

    def seen_working(self, target: str) -> str | None:
        """What shows that the device itself reaches `host:port` by its new address."""


class Disk(Protocol):
    """The disk of one program. Looks answer what they saw, or None for not yet."""

    engine: str

    def fill(self) -> None:
        """Take all the room that is left."""

    def refusal(self) -> str | None:
        """What is said to one more block; None where it is taken."""

    def make_room(self) -> None:
        """Give back what was taken."""


class FileLimit(Protocol):
    """How large the files may become that one program writes."""

    engine: str

    def set(self, most: int) -> None:
        """No write goes beyond so many bytes of a file from now on: what would is cut there, then refused."""

    def lift(self) -> None:
        """Take that back."""

    def seen(self) -> int | None:
        """The limit, by the kernel's own word; None for none."""


class Host(Protocol):
    """Starts programs, and reaches what of them lies behind the backs of their products."""

    @property
    def suspends_by(self) -> str:
        """What makes its programs stand still, for the record."""

    @property
    def versions(self) -> Mapping[str, str]:
        """What it is made of besides the system and the Toxiproxy, for the record: name and version."""

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

    def own_programs(self) -> list[tuple[str, Program]]:
        """What must run besides server and devices, by what people call it."""

    def packet_path(self, program: Program) -> object:
        """The way between a device and its proxy, packet by packet. Raises PacketsUnavailable without one."""

    def discard(self, program: Program) -> None:
        """End a program at once; nobody needs it any more."""

    def cable(self, program: Program) -> Cable | None:
        """A device's network cable; None where programs have no network of their own."""

    def reset_peak(self, program: Program) -> int:
        """Let its peak memory begin again from here; answers what is resident now, bytes."""

    def peak_bytes(self, program: Program) -> int:
        """The highest resident memory since `reset_peak`, bytes."""

    def processor_time(self, program: Program) -> ProcessorTime:
        """What it has had of the machine's processors since it began, see `ProcessorTime`."""

    def descriptors(self, program: Program) -> int:
        """How many files and connections a program has open now."""

    def file_limit(self, program: Program) -> FileLimit:
        """The limit of the files that a program writes. Raises DisksUnavailable where there is none."""

    def disk(self, directory: Path) -> Disk:
        """The disk of what was started with `directory` as its data folder. Raises DisksUnavailable without one."""

    def storage(self, program: Program, directory: Path) -> Storage:
        """The files of a program that was started with `directory` as its data folder."""

"""Syncthing as a system under test: no server, and two processes for each device: an agent, and Syncthing below it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from syncproof.kernel.host import Program
from syncproof.kernel.trouble import ClientUnavailable
from syncproof.processes.ports import Port
from syncproof.processes.programs import find_program
from syncproof.systems.driver import Driver
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.manifest import Manifest
from syncproof.systems.stack import Stack
from syncproof_products.syncthing.driver.settings import SYNCTHING

_ANSWER_S = 30.0
_PROGRAM = "syncthing"


class SyncthingDriver(Driver):
    """Devices run the installed program, or the one that the run names. Each keeps its ports over restarts."""

    def __init__(
        self,
        manifest: Manifest,
        stack: Stack,
        scale: float,
        defects: Sequence[str] = (),
        options: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(manifest, stack, scale, defects, options)
        self._named = self._options.get(SYNCTHING.name, "")
        #: By the directory of a device.
        self._ports: dict[Path, tuple[Port, Port]] = {}

    @cached_property
    def version(self) -> str:
        """Of the program: `syncthing v1.30.0`."""
        if not self._named and not self._program:
            return ""
        try:
            ran = subprocess.run(
                [self._program, "--version"], capture_output=True, text=True, timeout=_ANSWER_S, check=True
            )
        except (OSError, subprocess.SubprocessError) as wrong:
            raise SystemNotThere(
                f"{SYNCTHING.name} is '{self._named}', which does not say its version: {wrong}. Name the program "
                f"`{_PROGRAM}`, with its whole path."
            ) from None
        return " ".join(ran.stdout.split()[:2])

    @property
    def _program(self) -> str:
        return self._named or find_program(_PROGRAM) or ""

    def require(self) -> None:
        """Raises SystemNotThere where the program that the run names is none."""
        if self._named:
            _ = self.version

    def use_client(self, kind: str) -> None:
        """Raises ClientUnavailable where there is no program."""
        super().use_client(kind)
        if not self._program:
            raise ClientUnavailable(
                f"There is no program `{_PROGRAM}` on this machine: `{self.manifest.agent.install}` installs it, or "
                f"name one with --variable {SYNCTHING.name}:PATH."
            )

    def start_device(
        self,
        device: str,
        directory: Path,
        secret: str,  # noqa: ARG002 - there is no server
        seed: int,
        settings: Mapping[str, float] | None = None,  # noqa: ARG002 - it has none
        server: str = "",  # noqa: ARG002
    ) -> Program:
        """Start a device (again, after it was killed); ready: host and port."""
        agent = self.manifest.agent
        directory.mkdir(parents=True, exist_ok=True)
        if directory not in self._ports:
            self._ports[directory] = (Port(), Port())
        peer_port, rest_port = self._ports[directory]
        config = {
            "device": device,
            "directory": str(directory),
            "program": self._program or _PROGRAM,
            "peer_port": peer_port.number,
            "rest_port": rest_port.number,
            "versions": str(directory.parent / "versions"),
            "seed": seed,
        }
        within_s = agent.ready_within_s
        return self._stack.spawn(
            device, agent.entry, config, role="agent", defects=self.defects, ready_within_s=within_s
        )

    def discard(self, program: Program, directory: Path) -> None:
        """End a device at once, and leave its ports to others; nobody needs it any more."""
        super().discard(program, directory)
        for port in self._ports.pop(directory, ()):
            port.close()

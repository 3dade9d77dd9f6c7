"""Atuin as a system under test: a server for each suite file, one process for each device."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from syncproof.kernel.host import Program
from syncproof.kernel.server import Search
from syncproof.systems.driver import Driver, ManifestServer
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.manifest import Manifest
from syncproof.systems.stack import Stack
from syncproof_products.atuin.driver.searching import search
from syncproof_products.atuin.driver.settings import ATUIN_CLIENT

_ANSWER_S = 30.0


class AtuinServer(ManifestServer):
    """One that its operator can look through."""

    def search(self, group: str, digests: Mapping[str, str]) -> Search:  # noqa: ARG002 - no attachments
        """What its operator can read of a group, in all that it holds."""
        pid = self.process.pid if self.process.pid and self.process.alive() else None
        return search(group, self.directory, self.process.log, pid)


class AtuinDriver(Driver):
    """Devices use the installed client, or the one that the run names."""

    server_type = AtuinServer

    def __init__(
        self,
        manifest: Manifest,
        stack: Stack,
        scale: float,
        defects: Sequence[str] = (),
        options: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(manifest, stack, scale, defects, options)
        self._named = self._options.get(ATUIN_CLIENT.name, "")

    @cached_property
    def version(self) -> str:
        """Of the client."""
        if not self._named:
            return super().version
        try:
            ran = subprocess.run(
                [self._named, "--version"], capture_output=True, text=True, timeout=_ANSWER_S, check=True
            )
        except (OSError, subprocess.SubprocessError) as wrong:
            raise SystemNotThere(
                f"ATUIN_CLIENT is '{self._named}', which does not say its version: {wrong}. Name the program `atuin`, "
                "with its whole path."
            ) from None
        return ran.stdout.strip().partition("\n")[0]

    def require(self) -> None:
        """Raises SystemNotThere where the client that the run names is none."""
        if self._named:
            _ = self.version

    def start_device(
        self,
        device: str,
        directory: Path,
        secret: str,
        seed: int,
        settings: Mapping[str, float] | None = None,
        server: str = "",  # noqa: ARG002
    ) -> Program:
        """Start a device (again, after it was killed); ready: host and port."""
        agent = self.manifest.agent
        directory.mkdir(parents=True, exist_ok=True)
        config = {
            "device": device,
            "directory": str(directory),
            "secret": secret,
            "client": self._named,
            "seed": seed,
            "settings": agent.scaled(self._scale, settings),
        }
        within_s = agent.ready_within_s
        return self._stack.spawn(
            device, agent.entry, config, role="agent", defects=self.defects, ready_within_s=within_s
        )

    def _manifest_server(self) -> type[ManifestServer]:
        return AtuinServer

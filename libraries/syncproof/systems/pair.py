"""Two devices of a system and their server, for those who want to look at agents alone."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from syncproof.kernel.host import Program
from syncproof.kernel.server import Server
from syncproof.processes import Launcher, OwnedDirectory
from syncproof.processes.warm import MODULES
from syncproof.systems.driver import NOWHERE, Driver
from syncproof.systems.embedded import EmbeddedStack
from syncproof.systems.products import drive, find

#: A marker need not wait a second for company where meaning is looked at, not pace.
_BRISK = {"marker_debounce_s": 0.05}


class Pair:
    """Alice and Bob: processes with directories of their own, linked to nothing yet.

    server: None for a product without one. nodes: what ends with them: their server, and what it links to.
    """

    def __init__(
        self,
        system: Driver,
        server: Server | None,
        directory: Path,
        seed: int,
        *,
        owns_server: bool,
        nodes: Sequence[Server] = (),
    ) -> None:
        self._system, self._server, self._nodes = system, server, nodes
        self._directory, self._seed = directory, seed
        label = (
            "" if owns_server else f"-{secrets.token_hex(4)}"
        )  # on a server of others names must be unique
        self._names = {device: system.identity(f"{device}{label}") for device in ("Alice", "Bob")}
        self._devices: dict[str, Program] = {}
        try:
            for device in self._names:
                self._devices[device] = self._start(device)
        except BaseException:
            self.stop()
            raise

    @property
    def relay_address(self) -> str:
        """Where their server listens, host:port; "" where they need not be told."""
        return "" if self._server is None or self._system.agents_know_server else self._server.address

    def url(self, device: str) -> str:
        """Where the device's agent listens."""
        ready = self._devices[device].ready
        return f"http://{ready['host']}:{ready['port']}"

    def kill_and_start(self, device: str) -> None:
        """SIGKILL, and a new process on the same directory. Raises NotOurs for an agent that was running already."""
        self._devices[device].kill()
        self._devices[device] = self._start(device)

    def stop(self) -> None:
        """End them, and the server if it is theirs alone; each, also where another one cannot be ended."""
        with contextlib.ExitStack() as stopping:
            for server in self._nodes:
                stopping.callback(server.stop)
            for device, process in self._devices.items():
                stopping.callback(self._system.discard, process, self._directory / device)

    def _start(self, device: str) -> Program:
        known = self._system.manifest.agent.settings
        brisk = {name: value for name, value in _BRISK.items() if name in known}
        secret, address = (self._server.secret, self._server.address) if self._server else ("none", NOWHERE)
        directory = self._directory / device
        return self._system.start_device(self._names[device], directory, secret, self._seed, brisk, address)


class Pairs:
    """Starts pairs of a system, each in a fresh directory, and ends everything with `close`.

    system: as a run's SYSTEM. defects, options: as for `drive`.
    """

    def __init__(
        self,
        system: str = "bundled",
        defects: Sequence[str] = (),
        options: Mapping[str, str] | None = None,
    ) -> None:
        with contextlib.ExitStack() as opened:  # a system that cannot be started leaves nothing behind
            self._directory = opened.enter_context(OwnedDirectory.create()).path
            product = find(system)
            launcher = opened.enter_context(
                Launcher.start(self._directory, warm=(*MODULES, *product.entry_modules))
            )
            self._system = drive(product, EmbeddedStack(launcher, 1, ""), 1.0, defects, options)
            self._system.require()
            self._opened = opened.pop_all()
        self._server: Server | None = None
        self._nodes: dict[str, Server] = {}
        self._count = 0

    def start(self) -> Pair:
        """A fresh pair; on a fresh server, unless that costs too much."""
        self._count += 1
        directory = self._directory / f"{self._count:03d}"
        owns_server = self._system.server_lasts == "file"
        if owns_server or self._server is None:
            self._nodes = self._start_nodes(directory)
            self._server = self._nodes.get(self._system.manifest.first_server)
        return Pair(
            self._system,
            self._server,
            directory,
            self._count,
            owns_server=owns_server,
            nodes=[*self._nodes.values()] if owns_server else (),
        )

    def _start_nodes(self, directory: Path) -> dict[str, Server]:
        """Every node that is no device, linked to the others without a proxy between them; all of them, or none."""
        manifest, started = self._system.manifest, dict[str, Server]()
        with contextlib.ExitStack() as unless_all_start:
            for name, described in manifest.nodes.items():
                behind = zip(described.links, manifest.layout.links[name], strict=True)
                links = {peer: started[node].address for peer, node in behind}
                started[name] = self._system.start_server(directory / name, name, links)
                unless_all_start.callback(started[name].stop)
            unless_all_start.pop_all()
        return started

    def close(self) -> None:
        """End every process, what their server has elsewhere, and remove the directories."""
        with self._opened as opened:
            if self._system.server_lasts == "run":
                for server in self._nodes.values():
                    opened.callback(server.stop)

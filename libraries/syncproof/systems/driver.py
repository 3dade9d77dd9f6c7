"""What the harness does with a product: start its server and its devices, as the manifest says.

A product whose registration, identities or server's log need code names a subclass in its manifest (`driver`).
"""

from __future__ import annotations

import secrets
import socket
import subprocess
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import msgspec

from syncproof.kernel.host import Program
from syncproof.kernel.link import Exchange
from syncproof.kernel.server import LogLine, Server, ServerGone, abilities
from syncproof.kernel.trouble import ClientUnavailable
from syncproof.processes.errors import NotReady
from syncproof.systems.elsewhere import Elsewhere, NotOurs
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.installing import lacking
from syncproof.systems.manifest import SERVER, Manifest
from syncproof.systems.stack import Stack
from syncproof.systems.starting import Slot, answers_http, fill

_LOG_S = 30.0
#: Where nobody listens: an agent that is only asked what it can do needs no server.
NOWHERE = "127.0.0.1:9"


class _LogRow(msgspec.Struct, frozen=True):
    """A line of `[log] command`."""

    op_id: str
    version: str
    author: str
    digest: str


class ManifestServer:
    """A node that is no device, as its manifest describes it. It keeps its directory over a restart, and its port where
    a command starts it.

    name: which node. secret: what it shares with devices. links: `host:port` of each proxy that it connects to, by the
    name of the node behind.
    """

    def __init__(
        self,
        manifest: Manifest,
        stack: Stack,
        scale: float,
        directory: Path,
        name: str,
        secret: str,
        links: Mapping[str, str],
        defects: Sequence[str],
    ) -> None:
        described = manifest.nodes[name]
        self._manifest, self._described, self.directory = manifest, described, directory
        self.secret = secret
        self._start: Callable[[], Program]
        self._close: Callable[[], None] = lambda: None
        self._ports: Callable[[], Mapping[str, int]] = dict
        settings = described.scaled(scale)
        if described.address:
            self._start = lambda: self._elsewhere(name)
        elif described.entry:
            config = {
                "directory": str(directory),
                "host": "127.0.0.1",
                "port": 0,
                "secret": self.secret,
                "settings": settings,
                **({"links": dict(links)} if links else {}),
            }
            directory.mkdir(parents=True, exist_ok=True)
            within_s = described.ready_within_s
            self._start = lambda: stack.spawn(
                name, described.entry, config, role="server", defects=defects, ready_within_s=within_s
            )
        else:
            values = {"directory": directory, "secret": self.secret, **settings, **links}
            slot = Slot(
                stack,
                manifest,
                described,
                name,
                "server",
                directory,
                "port",
                values,
                self._is_ready,
                more_ports=described.port_names,
            )
            self._start, self._close, self._ports = slot.start, slot.close, lambda: slot.ports
        self.process: Program = self._start()

    def _elsewhere(self, name: str) -> Program:
        """Raises SystemNotThere where nothing answers."""
        address, table = self._described.address, "[server]" if name == SERVER else f"[node.{name}]"
        if not self._is_ready(address):
            raise SystemNotThere(
                f"{'The server' if name == SERVER else name} of {self._manifest.name} is to run at {address}, and does "
                f"not answer there. Start it, or correct `address`, `ready` or `probe` in {table}."
            )
        instead = f"Give {table} in {self._manifest.name}'s manifest a command."
        return Elsewhere("The server" if name == SERVER else f"The node {name}", address, instead)

    @property
    def address(self) -> str:
        """Where it listens, `host:port`."""
        return f"{self.process.ready['host']}:{self.process.ready['port']}"

    def start(self) -> None:
        """Start it again after it was killed."""
        self.process = self._start()

    def stop(self) -> None:
        """End it, where it is ours."""
        if not isinstance(self.process, Elsewhere):
            self.process.stop(3.0)
            self._close()

    def probe_request(self, reply_bytes: int) -> Exchange:
        """As many harmless requests as bring so many bytes."""
        return self._described.exchange(self.address, reply_bytes, self._ports())

    def _is_ready(self, address: str) -> bool:
        if self._described.ready:
            return answers_http(self._described.ready_url(address, self._ports()))
        return _answers(address, self._described.exchange(address, 0, self._ports()))


class LoggedManifestServer(ManifestServer):
    """One whose own log a command prints."""

    def log(self, group: str, after: int = 0) -> list[LogLine]:
        """The operations of a group behind position `after`. Raises ServerGone."""
        assert self._manifest.log is not None
        values = {
            "group": group,
            "directory": self.directory,
            "port": self.process.ready["port"],
            "secret": self.secret,
            "python": self._manifest.python,
        }
        command = [fill(word, values) for word in self._manifest.log.command]
        try:
            ran = subprocess.run(
                command,
                cwd=self._manifest.folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_LOG_S,
                check=False,
            )
            if ran.returncode:
                raise ServerGone(
                    f"[log] command ended with {ran.returncode}: {ran.stderr.decode(errors='replace').strip()[-300:]}"
                )
            rows = [
                msgspec.json.decode(line, type=_LogRow) for line in ran.stdout.splitlines() if line.strip()
            ]
        except (OSError, subprocess.TimeoutExpired, msgspec.DecodeError) as wrong:
            raise ServerGone(
                f"[log] command ({' '.join(command)}) did not print a JSON object with op_id, version, author and "
                f"digest a line: {wrong}"
            ) from None
        lines = [
            LogLine(row.op_id, row.version, place, row.author, row.digest)
            for place, row in enumerate(rows, 1)
        ]
        return lines[after:]


class Driver:
    """Drives one product on one stack, by its manifest alone.

    scale: TIME_SCALE. defects: names of the product's `defects`, applied to whatever is started (none in an ordinary
    run). options: settings of the run that are the product's own, by name.
    """

    #: Of what `start_server` answers; None: what the manifest describes.
    server_type: ClassVar[type | None] = None

    def __init__(
        self,
        manifest: Manifest,
        stack: Stack,
        scale: float,
        defects: Sequence[str] = (),
        options: Mapping[str, str] | None = None,
    ) -> None:
        self.manifest, self._stack, self._scale = manifest, stack, scale
        self._as_written = manifest
        self._server_settings: dict[str, float] = {}
        self._client = ""
        self.defects, self._options = tuple(defects), dict(options or {})
        self._free_urls = list(manifest.agent.urls)
        self._has_served: set[str] = set()
        #: One for all: the instances of a node let each other's devices in.
        self.secret = secrets.token_hex(16)
        self._slots: dict[Path, Slot] = {}

    @property
    def name(self) -> str:
        """What a run calls it."""
        return self.manifest.system

    @cached_property
    def version(self) -> str:
        """Of the product, for the record: the first line that the manifest's `version` prints; "" where it has none."""
        if not self.manifest.version:
            return ""
        try:
            ran = subprocess.run(
                self.manifest.version,
                cwd=self.manifest.folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_LOG_S,
                check=True,
            )
        except (OSError, subprocess.SubprocessError) as wrong:
            return f"(no version: {wrong})"
        return ran.stdout.decode(errors="replace").strip().partition("\n")[0]

    @property
    def server_lasts(self) -> str:
        """`file`: a fresh server for each suite file. `run`: one for all, where starting it costs too much."""
        return self.manifest.lasts

    @property
    def server_abilities(self) -> frozenset[str]:
        """What the harness can do with the server."""
        return abilities(self.server_type or self._manifest_server())

    @property
    def runs_programs(self) -> bool:
        """Whether any program can be run beside those of the product."""
        return self._stack.executes

    @property
    def agents_know_server(self) -> bool:
        """Whether a device gets its server's address as it starts, and not by `PUT /links`."""
        agent = self.manifest.agent
        return any("{server}" in word for word in (*agent.command, *agent.env.values()))

    def identity(self, label: str) -> str:
        """What the product calls a device, from a label that no other device has."""
        return label

    def require(self) -> None:
        """Raises SystemNotThere where its server cannot be started here: before the first test, and not in it."""

    def rescale(self, scale: float) -> None:
        """What is started from now on runs at this TIME_SCALE."""
        self._scale = scale

    def configure_server(self, settings: Mapping[str, float]) -> None:
        """What is started from now on has these of the settings of `[server]` otherwise, at scale 1."""
        self._server_settings = dict(settings)
        self._configure()

    def use_client(self, kind: str) -> None:
        """What devices are from now on: a kind of `[client]`, "" for `[agent]`. Raises ClientUnavailable."""
        if kind != self._client:
            self._client = kind
            self._configure()
        if lacks := lacking(self.manifest):
            raise ClientUnavailable(
                f"A client of {self.name}{f', of the kind {kind!r},' if kind else ''} needs {lacks}"
            )

    def _configure(self) -> None:
        """The manifest as it is with what was set."""
        written = self._as_written
        agent, server = written.agent, written.server
        if self._client:
            client = written.client[self._client]
            agent = msgspec.structs.replace(client, settings={**agent.settings, **client.settings})
        if server is not None:
            server = msgspec.structs.replace(server, settings={**server.settings, **self._server_settings})
        self.manifest = msgspec.structs.replace(written, agent=agent, server=server)

    def start_server(
        self, directory: Path, name: str = SERVER, links: Mapping[str, str] | None = None
    ) -> Server:
        """Start its server, or another node that is no device, with its data in `directory`.

        name: of the node, as `Manifest.nodes` has it. links: `host:port` of the proxies that it connects to, by the
        names of the nodes behind. Raises SystemNotThere for a product without a server, and for one that does not start
        at all; NotReady.
        """
        if not self.manifest.nodes:
            raise SystemNotThere(
                f"{self.manifest.name} has no [server] in its manifest. These suites cut devices off from one."
            )
        try:
            server: Server = self._manifest_server()(
                self.manifest,
                self._stack,
                self._scale,
                directory,
                name,
                self.secret,
                links or {},
                self.defects,
            )
        except NotReady as wrong:
            if name in self._has_served:  # it can run here: that it did not is for this one test to tell
                raise
            raise SystemNotThere(str(wrong)) from None
        self._has_served.add(name)
        return server

    def start_device(
        self,
        device: str,
        directory: Path,
        secret: str,
        seed: int,
        settings: Mapping[str, float] | None = None,
        server: str = "",
    ) -> Program:
        """Start a device with its data in `directory` (again, after it was killed); ready: host and port.

        secret: of the server. settings: what of the manifest's this device has otherwise, at scale 1. server:
        `host:port` of its link.
        """
        agent = self.manifest.agent
        if agent.urls:
            return self._take_url()
        directory.mkdir(parents=True, exist_ok=True)
        scaled = agent.scaled(self._scale, settings)
        if agent.entry:
            config = {
                "device": device,
                "directory": str(directory),
                "host": "127.0.0.1",
                "port": 0,
                "secret": secret,
                "seed": seed,
                "settings": scaled,
            }
            return self._stack.spawn(
                device,
                agent.entry,
                config,
                role="agent",
                defects=self.defects,
                ready_within_s=agent.ready_within_s,
            )
        values = {
            "device": device,
            "directory": directory,
            "secret": secret,
            "seed": seed,
            "server": server,
            **scaled,
        }
        began_before = directory in self._slots
        if not began_before:
            self._slots[directory] = Slot(
                self._stack,
                self.manifest,
                agent,
                device,
                "agent",
                directory,
                "control_port",
                values,
                _is_agent,
            )
        try:
            return self._slots[directory].start()
        except BaseException:
            if not began_before:  # nobody can discard what never started
                self._slots.pop(directory).close()
            raise

    def discard(self, program: Program, directory: Path) -> None:
        """End a device at once; nobody needs it any more."""
        if isinstance(program, Elsewhere):
            program.release()
            return
        self._stack.discard(program)
        slot = self._slots.pop(directory, None)
        if slot is not None:
            slot.close()

    def start_to_describe(self, directory: Path) -> Program:
        """Start a device that is only asked what it can do: there is no server."""
        return self.start_device("Alice", directory, "none", 0, server=NOWHERE)

    def _manifest_server(self) -> type[ManifestServer]:
        return LoggedManifestServer if self.manifest.log else ManifestServer

    def _take_url(self) -> Elsewhere:
        if not self._free_urls:
            urls = self.manifest.agent.urls
            raise NotOurs(
                f"This scenario has more devices than [agent] urls of {self.manifest.name} names: {len(urls)}. "
                "Start more agents and name them there."
            )
        url = self._free_urls.pop(0)
        where = url.partition("://")[2].rstrip("/")
        instead = f"Give [agent] in {self.manifest.name}'s manifest a command instead of urls."
        return Elsewhere("The agent", where, instead, lambda: self._free_urls.append(url))


def _is_agent(address: str) -> bool:
    return answers_http(f"http://{address}/about")


def _answers(address: str, exchange: Exchange) -> bool:
    """Whether the exchange is answered within a moment."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=2.0) as connection:
            connection.sendall(exchange.request)
            received = b""
            while exchange.reply not in received:
                piece = connection.recv(4096)
                if not piece:
                    return False
                received += piece
            return True
    except OSError:
        return False

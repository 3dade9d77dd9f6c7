"""Matrix as a system under test: one Synapse for a run, one process for each device."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from syncproof.kernel.host import Program
from syncproof.systems.driver import Driver
from syncproof.systems.manifest import SERVER, Manifest
from syncproof.systems.stack import Stack
from syncproof.systems.starting import Slot, answers_http
from syncproof_products.matrix.driver import configuration, prepared
from syncproof_products.matrix.driver.homeserver import Homeserver
from syncproof_products.matrix.driver.named import NamedHomeserver
from syncproof_products.matrix.driver.operator import Operator
from syncproof_products.matrix.driver.postgresql import PostgresDatabase
from syncproof_products.matrix.driver.settings import HOMESERVER_DATABASE, HOMESERVER_SECRET, HOMESERVER_URL


class Synapse(Homeserver):
    """A homeserver of this run's own. It keeps its directory, and so everything durable, over a restart.

    database: on the PostgreSQL server at that URL, or "" for SQLite in the directory.
    """

    folder: Path

    def __init__(
        self, manifest: Manifest, stack: Stack, directory: Path, version: str, database: str = ""
    ) -> None:
        self._manifest, self._stack, self.folder = manifest, stack, directory
        #: By their directories: the one in which a database is prepared has another.
        self._slots: dict[Path, Slot] = {}
        self._database: PostgresDatabase | None = None
        self.secret = secrets.token_hex(16)
        directory.mkdir(parents=True, exist_ok=True)
        if not database:
            prepared.copy_to(directory, stack, self._spawn, version)
        configuration.write_logging(directory)
        with contextlib.ExitStack() as opened:
            if database:
                self._database = PostgresDatabase(database)
                opened.callback(self._database.drop)
            self.process = self._spawn(directory, self.secret)
            opened.callback(self.process.stop)
            self.operator = Operator(f"http://{self.address}", self.secret)
            if database:
                prepared.wait_until_ready(self.operator, self.process)
            self._opened = opened.pop_all()

    @property
    def address(self) -> str:
        """Where it listens, `host:port`; another port after each start."""
        return f"{self.process.ready['host']}:{self.process.ready['port']}"

    def start(self) -> None:
        """Start it again after it was killed."""
        self.process = self._spawn(self.folder, self.secret)
        self.operator.move(f"http://{self.address}")

    def stop(self) -> None:
        """End it for good, and its database."""
        self.operator.close()
        with self._opened:
            self.process.stop(5.0)
            for slot in self._slots.values():
                slot.close()

    def _spawn(self, directory: Path, secret: str) -> Program:
        homeserver = configuration.homeserver(secret, self._database.section() if self._database else None)
        described = self._manifest.server
        assert described is not None
        if not self._stack.executes:
            config = {"directory": str(directory), "host": "127.0.0.1", "port": 0, "homeserver": homeserver}
            return self._stack.spawn(
                "synapse",
                "",
                config,
                role="server",
                ready_within_s=described.ready_within_s,
                configuration=configuration.text,
            )

        def write(port: int) -> None:
            config = {"host": "127.0.0.1", "port": port, "homeserver": homeserver}
            (directory / "homeserver.yaml").write_text(configuration.text(config))

        if directory not in self._slots:
            self._slots[directory] = Slot(
                self._stack,
                self._manifest,
                described,
                "synapse",
                "server",
                directory,
                "port",
                {"directory": directory},
                lambda address: answers_http(f"http://{address}/health"),
                write,
            )
        return self._slots[directory].start()


class MatrixDriver(Driver):
    """Synapse, or a homeserver that the run names, and devices of ours.

    The variant `encrypted`: rooms are end-to-end encrypted. options: HOMESERVER_URL and HOMESERVER_SECRET of a
    homeserver that is running already; HOMESERVER_DATABASE, a PostgreSQL server for a Synapse of the run's own.
    """

    server_type = Homeserver

    def __init__(
        self,
        manifest: Manifest,
        stack: Stack,
        scale: float,
        defects: Sequence[str] = (),
        options: Mapping[str, str] | None = None,
    ) -> None:
        """Raises SystemNotThere where the named homeserver cannot be reached; starts nothing."""
        super().__init__(manifest, stack, scale, defects, options)
        self._server: Synapse | NamedHomeserver | None = None
        self._database = self._options.get(HOMESERVER_DATABASE.name, "")
        self._server_name = configuration.SERVER_NAME
        url = self._options.get(HOMESERVER_URL.name, "")
        if url:
            self._server = NamedHomeserver(url, self._options.get(HOMESERVER_SECRET.name, ""))
            self._server_name = self._server.operator.server_name

    @cached_property
    def version(self) -> str:
        """Of the homeserver: what the stack brings along, else what is installed here. Raises SystemNotThere."""
        if isinstance(self._server, NamedHomeserver):
            return self._server.operator.server_version()
        return self._stack.versions.get("synapse") or prepared.installed_version(self.manifest.python)

    def require(self) -> None:
        """Raises SystemNotThere where there is no Synapse."""
        _ = self.version

    def identity(self, label: str) -> str:
        """A Matrix user id; Matrix knows no capitals."""
        return f"@{label.lower()}:{self._server_name}"

    def start_server(
        self,
        directory: Path,
        name: str = SERVER,  # noqa: ARG002
        links: Mapping[str, str] | None = None,  # noqa: ARG002
    ) -> Synapse | NamedHomeserver:
        """Start a Synapse with its data in `directory`, unless the run has named another homeserver."""
        if not isinstance(self._server, NamedHomeserver):
            self._server = Synapse(self.manifest, self._stack, directory, self.version, self._database)
        return self._server

    def start_device(
        self,
        device: str,
        directory: Path,
        secret: str,  # noqa: ARG002
        seed: int,
        settings: Mapping[str, float] | None = None,
        server: str = "",  # noqa: ARG002
    ) -> Program:
        """Start a device (again, after it was killed); ready: host and port. Its account is made by the operator."""
        assert self._server is not None, "a device needs the server that its account is on"
        return self._start(device, directory, self._server.operator.password(device), seed, settings)

    def start_to_describe(self, directory: Path) -> Program:
        """Start a device that is only asked what it can do: it has no account."""
        return self._start("@alice:nowhere.test", directory, "none", 0, None)

    def _start(
        self, device: str, directory: Path, password: str, seed: int, settings: Mapping[str, float] | None
    ) -> Program:
        directory.mkdir(parents=True, exist_ok=True)
        config = {
            "device": device,
            "directory": str(directory),
            "password": password,
            "seed": seed,
            "settings": self.manifest.agent.scaled(self._scale, settings),
            "encrypt": self.manifest.variant == "encrypted",
        }
        name = device[1:].partition(":")[0]
        return self._stack.spawn(name, self.manifest.agent.entry, config, role="agent", defects=self.defects)

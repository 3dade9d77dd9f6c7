"""Matrix as a system under test: one Synapse for a run, one process for each device."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from syncproof.systems.profile import Profile
from syncproof.systems.stack import Program, Stack
from syncproof_products.matrix.driver import configuration, prepared
from syncproof_products.matrix.driver.homeserver import Homeserver
from syncproof_products.matrix.driver.named import NamedHomeserver
from syncproof_products.matrix.driver.operator import Operator
from syncproof_products.matrix.driver.postgresql import PostgresDatabase
from syncproof_products.matrix.driver.profile import MATRIX, MATRIX_ENCRYPTED

#: Synapse imports for seconds, on a busy machine for many.
_READY_S = 120.0
_ENTRY = "syncproof_products.matrix.driver.synapse_process:run"


class Synapse(Homeserver):
    """A homeserver of this run's own. It keeps its directory, and so everything durable, over a restart.

    database: on the PostgreSQL server at that URL, or "" for SQLite in the directory.
    """

    folder: Path

    def __init__(self, stack: Stack, directory: Path, version: str, database: str = "") -> None:
        self._stack, self.folder = stack, directory
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

    def _spawn(self, directory: Path, secret: str) -> Program:
        config = {
            "directory": str(directory),
            "host": "127.0.0.1",
            "port": 0,
            "homeserver": configuration.homeserver(
                secret, self._database.section() if self._database else None
            ),
        }
        return self._stack.spawn("synapse", _ENTRY, config, ready_within_s=_READY_S)


class MatrixSystem:
    """Synapse and devices of ours.

    defects: names of `defects` beside this, applied to every device that is started (none in an ordinary run).
    homeserver: URL and registration secret of one that is running already, or None for a Synapse of the run's own.
    database: URL of a PostgreSQL server for that Synapse, or "" for SQLite.
    encrypted: rooms are end-to-end encrypted.
    """

    server_lasts = "run"

    def __init__(
        self,
        stack: Stack,
        scale: float,
        defects: Sequence[str] = (),
        homeserver: tuple[str, str] | None = None,
        database: str = "",
        *,
        encrypted: bool = False,
    ) -> None:
        """Raises SystemNotThere where there is neither Synapse nor the named homeserver; starts nothing."""
        self._stack, self._scale, self._defects = stack, scale, tuple(defects)
        self.profile: Profile = MATRIX_ENCRYPTED if encrypted else MATRIX
        self.name = self.profile.system
        self._encrypted = encrypted
        self._server: Synapse | NamedHomeserver | None = None
        self._database = database
        self._server_name = configuration.SERVER_NAME
        if homeserver is None:
            # What the stack brings along, else what is installed here.
            self._version = stack.versions.get("synapse") or prepared.installed_version()
        else:
            self._server = NamedHomeserver(*homeserver)
            self._server_name = self._server.operator.server_name

    def identity(self, label: str) -> str:
        """A Matrix user id; Matrix knows no capitals."""
        return f"@{label.lower()}:{self._server_name}"

    def rescale(self, scale: float) -> None:
        """What is started from now on runs at this TIME_SCALE."""
        self._scale = scale

    def start_server(self, directory: Path) -> Synapse | NamedHomeserver:
        """Start a Synapse with its data in `directory`, unless the run has named another homeserver."""
        if not isinstance(self._server, NamedHomeserver):
            self._server = Synapse(self._stack, directory, self._version, self._database)
        return self._server

    def start_device(
        self,
        device: str,
        directory: Path,
        secret: str,  # noqa: ARG002
        seed: int,
        settings: Mapping[str, float] | None = None,
    ) -> Program:
        """Start a device (again, after it was killed); ready: host and port. Its account is made by the operator."""
        assert self._server is not None, "a device needs the server that its account is on"
        directory.mkdir(parents=True, exist_ok=True)
        config = {
            "device": device,
            "directory": str(directory),
            "password": self._server.operator.password(device),
            "seed": seed,
            "settings": self.profile.scaled_settings(self._scale, settings),
            "encrypt": self._encrypted,
        }
        name = device[1:].partition(":")[0]
        return self._stack.spawn(
            name, "syncproof_products.matrix.agent.main:run", config, defects=self._defects
        )

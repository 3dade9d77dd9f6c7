"""Where scenarios run: what is started once for a robot process, once for a suite file, and handed to each test."""

from __future__ import annotations

import contextlib
import hashlib
import random
import re
import secrets
import shutil
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path

from syncproof.evidence import records
from syncproof.evidence.recorder.client import RecorderClient, RecorderError
from syncproof.faults.containers.errors import ContainerError
from syncproof.faults.link import Link
from syncproof.faults.toxiproxy.client import Client, ToxiproxyError
from syncproof.faults.toxiproxy.toxic_types import Bandwidth, Latency
from syncproof.processes import Launcher, OwnedDirectory
from syncproof.processes.warm import MODULES
from syncproof.systems import about
from syncproof.systems.driver import Driver
from syncproof.systems.embedded import EmbeddedStack
from syncproof.systems.manifest import Manifest
from syncproof.systems.products import drive, find
from syncproof.systems.profile import Profile, profile_of
from syncproof.systems.server import Server
from syncproof.systems.stack import Program, Stack
from syncproof.world.clock import MonotonicClock
from syncproof.world.player import Player
from syncproof.world.variables import BadSetting

#: Characters of a test's title in the name of its evidence; file systems take 255 bytes.
LONGEST_NAME = 120


@dataclass(frozen=True)
class Settings:
    """The variables of a run: `robot --variable NAME:value`.

    system: what is under test. stack: where it runs. scale: TIME_SCALE. network: `normal` or `degraded` (200 ms,
    300 KB/s on every link). toxiproxy: URL of a server to use instead of the embedded one ("" for embedded).
    defects: names from a product's `defects`, for the kill matrix. seed: of everything random in the run.
    slack_s: seconds added to every deadline, for a slow machine (0: what the system's profile says).
    homeserver, homeserver_secret: URL and registration secret of a Matrix homeserver that runs already ("": none).
    database: URL of a PostgreSQL server for the run's own homeserver ("" for SQLite).
    """

    system: str = "bundled"
    stack: str = "embedded"
    scale: float = 1.0
    network: str = "normal"
    toxiproxy: str = ""
    defects: tuple[str, ...] = ()
    seed: int = 0
    slack_s: float = 0.0
    homeserver: str = ""
    homeserver_secret: str = ""
    database: str = ""

    @property
    def options(self) -> dict[str, str]:
        """What is a product's own, by name."""
        return {
            "HOMESERVER_URL": self.homeserver,
            "HOMESERVER_SECRET": self.homeserver_secret,
            "HOMESERVER_DATABASE": self.database,
        }

    def check(self) -> None:
        """Raises BadSetting, naming what is possible, for a value that nobody knows."""
        _one_of("STACK", self.stack, ("embedded", "compose"))
        if self.system == "matrix-encrypted" and self.stack != "embedded":
            raise BadSetting(
                f"STACK is '{self.stack}': SYSTEM {self.system} runs on STACK embedded only, where the harness can "
                "look into the files of its Synapse."
            )
        if self.homeserver and self.system == "bundled":
            raise BadSetting(f"HOMESERVER_URL is for SYSTEM matrix, and SYSTEM is '{self.system}'.")
        if self.database and (self.system, self.stack, self.homeserver) != ("matrix", "embedded", ""):
            raise BadSetting(
                "HOMESERVER_DATABASE is for SYSTEM matrix on STACK embedded, with a homeserver of the run's own "
                "(no HOMESERVER_URL)."
            )
        _one_of("NETWORK", self.network, ("normal", "degraded"))
        if not 0.01 <= self.scale <= 100:
            raise BadSetting(f"TIME_SCALE is {self.scale:g}: it must be from 0.01 to 100 (1 is real time).")
        if not 0 <= self.slack_s <= 600:
            raise BadSetting(f"SLACK is {self.slack_s:g}: it must be from 0 to 600 seconds.")


def _one_of(name: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise BadSetting(f"{name} is '{value}'. Known here: {', '.join(known)}.")


def _check_toxiproxy(url: str) -> None:
    """Raises BadSetting unless the server that the run names ("" for none) answers as a Toxiproxy does."""
    if url:
        try:
            with Client(url) as client:
                client.engine()
        except ToxiproxyError as wrong:
            raise BadSetting(f"TOXIPROXY_URL is '{url}'. {wrong}") from None


def _stack(settings: Settings, product: Manifest, launcher: Launcher, directory: Path, seed: int) -> Stack:
    """Raises BadSetting where the stack that the run names cannot work."""
    if settings.stack == "embedded":
        return EmbeddedStack(launcher, seed, settings.toxiproxy)
    # Imported here: it costs a quarter of a second that the embedded stack need not pay.
    from syncproof.systems.compose import ComposeStack

    if settings.toxiproxy:
        raise BadSetting("TOXIPROXY_URL is for STACK embedded: the compose stack has a Toxiproxy of its own.")
    try:
        return ComposeStack(directory, product)
    except ContainerError as wrong:
        raise BadSetting(f"STACK is 'compose'. {wrong}") from None


class Site:
    """Everything that outlives a test. Started when the first scenario needs it; `close` ends it all."""

    def __init__(self, settings: Settings, evidence_directory: Path) -> None:
        product = find(settings.system)
        settings.check()
        _check_toxiproxy(settings.toxiproxy)
        self.settings, self.evidence_directory = settings, evidence_directory
        self.scale = settings.scale
        self.seed = settings.seed or random.SystemRandom().randrange(1, 2**31)
        self.clock = MonotonicClock()
        with contextlib.ExitStack() as opened:  # what was opened before something fails is closed again
            self.directory = opened.enter_context(OwnedDirectory.create())
            warm = (*MODULES, *product.entry_modules)
            self.launcher = opened.enter_context(Launcher.start(self.directory.path, warm=warm))
            self._recorder_process = self.launcher.spawn(
                "recorder", "syncproof.evidence.recorder.main:run", {"directory": str(self.directory.path)}
            )
            self.recorder = opened.enter_context(RecorderClient(str(self._recorder_process.ready["socket"])))
            self.stack = _stack(settings, product, self.launcher, self.directory.path, self.seed)
            self.system: Driver = drive(product, self.stack, self.scale, settings.defects, settings.options)
            self._count = 0
            said = about.ask(self.system, settings.stack, lambda: self.fresh_directory("described"))
            self._opened = opened.pop_all()
        #: By the product's agent; the profile has what the harness adds.
        self.declared = said.capabilities
        self.profile: Profile = profile_of(product, about.capabilities(said, self.system))
        self.slack_s = (settings.slack_s or self.profile.slack_s) + (
            10.0 if settings.network == "degraded" else 0.0
        )
        self._server: Server | None = None
        #: In every name: a server that outlasts runs keeps them, and process ids come again.
        self._token = secrets.token_hex(4)

    def prepare(self, tags: Container[str]) -> None:
        """Be as a test's tags ask: `unscaled` runs at scale 1, `kernel` gets devices whose packets can be lost.

        Raises PacketsUnavailable where that cannot be: such a test is skipped.
        """
        scale = 1.0 if "unscaled" in tags else self.settings.scale
        if scale != self.scale:
            self.close_suite()  # a server of this suite file keeps the intervals that it was started with
            self.scale = scale
            self.system.rescale(scale)
        self.stack.use_packets("kernel" in tags)

    @property
    def server(self) -> Server:
        """The server that devices sync through; started when it is first asked for."""
        if self._server is None:
            self._server = self.system.start_server(self.fresh_directory("relay"))
        return self._server

    @property
    def toxiproxy(self) -> Client:
        """The Toxiproxy of this suite file: the one that the run names, else one of the stack's own."""
        return self.stack.toxiproxy

    def close_suite(self) -> None:
        """End what belongs to one suite file."""
        if self.system.server_lasts == "file":
            self._stop_server()
        self.stack.close_suite()

    def _stop_server(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None

    def close(self) -> None:
        """End everything and remove the temporary directory."""
        with self._opened, contextlib.closing(self.stack):
            self._stop_server()
            self.close_suite()

    def link(self, device: str) -> Link:
        """A fresh proxied link for a device, on the network that the run asks for."""
        link = Link(
            device,
            self.toxiproxy,
            self.server.address,
            self.server.probe_request,
            self.clock.now,
            self.stack.links_listen,
        )
        if self.settings.network == "degraded":
            link.add(Latency(latency=round(200 * self.scale)), stream="downstream")
            link.add(Bandwidth(rate=round(300 / self.scale)), stream="downstream")
        return link

    def fresh_directory(self, name: str) -> Path:
        """A directory that nothing else uses."""
        self._count += 1
        return self.directory.path / f"{self._count:03d}-{name.lower()}"

    def fresh_identity(self, name: str) -> str:
        """What the system will call a device: nothing that a test of this run or of any other has called so."""
        self._count += 1
        return self.system.identity(f"{name}-{self._token}-{self._count}")

    def fresh_group(self, title: str) -> str:
        """A group name that no other test of this run or of any other uses."""
        self._count += 1
        return f"{_slug(title)[-40:].strip('-')}-{self._token}-{self._count}"  # a command line takes `-x` for an option

    def history_path(self, title: str) -> Path:
        """Where the evidence of a test goes."""
        try:
            self.evidence_directory.mkdir(parents=True, exist_ok=True)
        except OSError as wrong:
            raise RecorderError(
                f"The folder for the evidence cannot be made: {wrong.strerror}: {self.evidence_directory}. "
                "Name another output folder with --outputdir."
            ) from None
        return self.evidence_directory / f"{_file_name(title)}.jsonl"

    def header(self, title: str) -> records.Header:
        """What the history says of the run."""
        return records.Header(
            schema=1,
            run=self.directory.path.name,
            test=title,
            seed=self.seed,
            system=self.system.name,
            stack=self.settings.stack,
            scale=self.scale,
            boot_id=Path("/proc/sys/kernel/random/boot_id").read_text().strip(),
            versions={"toxiproxy": self.toxiproxy.engine(), **self.stack.versions},
        )

    def ran_on(self) -> str:
        """Where and how the tests of this run ran, in one line for a report."""
        parts = [
            self.toxiproxy.engine(),
            *(f"{name} {version}" for name, version in self.stack.versions.items()),
        ]
        settings = self.settings
        return (
            f"{self.system.name} on {settings.stack} ({', '.join(parts)}), network {settings.network}, "
            f"TIME_SCALE {self.scale:g}, SEED {self.seed}"
        )

    def logs(self) -> list[Path]:
        """What everything that ran so far has written, up to now."""
        if self._server is not None:
            _ = self._server.process.log  # asking makes the copy of what is in a container
        return sorted(self.directory.path.glob("*.log"))

    def keep_logs(self, folder: Path, players: Sequence[Player]) -> None:
        """Copy what every process has logged beside the evidence of a failed test.

        A disk that is full has been told of already, by what could not be recorded.
        """
        programs = [*self.stack.own_programs(), *((player.name, player.process) for player in players)]
        if self._server is not None:
            programs.append(("relay", self._server.process))
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            for name, program in programs:
                shutil.copyfile(program.log, folder / f"{_slug(name)}.log")

    def check_alive(self, players: Sequence[Player], *, server: bool) -> None:
        """Raises AssertionError for a process that ended though nobody ended it.

        players: the devices that must run. server: whether the relay must.
        """
        running: list[tuple[str, Program | None]] = [
            ("The recorder", self._recorder_process),
            *self.stack.own_programs(),
            ("The relay", self._server.process if server and self._server is not None else None),
            *((player.name, player.process) for player in players),
        ]
        for name, process in running:
            if process is not None and not process.alive():
                raise AssertionError(
                    f"{name}'s process ended by itself (exit status {process.exit_status()}); "
                    f"the end of its log:\n{_last_lines(process.log)}"
                )


def _last_lines(log: Path, count: int = 8) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
    except OSError as wrong:
        return f"(its log cannot be read: {wrong})"


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def _file_name(title: str) -> str:
    """A title as a file name that no other title has, whatever alphabet it is written in, and however long."""
    slug = _slug(title)
    if slug == re.sub(r"[ .]+", "-", title.lower()) and len(slug) <= LONGEST_NAME:
        return slug
    return f"{slug[-LONGEST_NAME:]}-{hashlib.sha256(title.encode()).hexdigest()[:8]}".strip("-")

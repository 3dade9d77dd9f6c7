"""Where scenarios run: what is started once for a robot process, once for a suite file, and handed to each test."""

from __future__ import annotations

import contextlib
import random
import secrets
import shutil
from collections.abc import Callable, Container, Mapping, Sequence
from pathlib import Path

from syncproof.evidence import records
from syncproof.evidence.folder import Attempt, EvidenceFolder, slug
from syncproof.evidence.recorder.client import RecorderClient, RecorderError
from syncproof.faults.containers.errors import ContainerError
from syncproof.faults.link import ProxiedLink
from syncproof.faults.packets.errors import PacketError
from syncproof.faults.probe import SocketProber
from syncproof.faults.toxiproxy.client import Client, ServerUnreachable, ToxiproxyError
from syncproof.kernel.agent import AgentError, AgentUnreachable, MalformedReply
from syncproof.kernel.host import Program
from syncproof.kernel.link import Exchange
from syncproof.kernel.node import DeviceNode, ServerNode
from syncproof.kernel.profile import Profile
from syncproof.kernel.server import Server, ServerGone
from syncproof.kernel.setting import Settings
from syncproof.kernel.trouble import DidNotHeal
from syncproof.kernel.variables import BadSetting
from syncproof.processes import Launcher, OwnedDirectory, ProcessError
from syncproof.processes.warm import MODULES
from syncproof.systems import about
from syncproof.systems.clock import MonotonicClock
from syncproof.systems.declared import (
    DEFECT,
    LINKS_HOST,
    NETWORK,
    PLATFORM_AGENTS,
    SEED,
    SERVER_SECRET,
    SLACK,
    STACK,
    SYSTEM,
    TIME_SCALE,
    TOXIPROXY_URL,
)
from syncproof.systems.devices import ProcessDevices, boot_id
from syncproof.systems.driver import Driver
from syncproof.systems.embedded import EmbeddedStack
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.gathered import DECLARED, options
from syncproof.systems.manifest import Manifest
from syncproof.systems.networks import NETWORKS
from syncproof.systems.products import drive, find
from syncproof.systems.profile import profile_of
from syncproof.systems.servers import Servers
from syncproof.systems.stack import Stack

#: What may go wrong in a scenario and is told in one message, without a Python traceback.
EXPECTED_TROUBLE = (
    AssertionError,
    AgentError,
    AgentUnreachable,
    ContainerError,
    DidNotHeal,
    MalformedReply,
    PacketError,
    ProcessError,
    RecorderError,
    ServerGone,
    SystemNotThere,
    ToxiproxyError,
)


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
    if settings[STACK] == "embedded":
        return EmbeddedStack(launcher, seed, settings[TOXIPROXY_URL], settings[LINKS_HOST])
    # Imported here: it costs a quarter of a second that the embedded stack need not pay.
    from syncproof.systems.compose import ComposeStack

    try:
        return ComposeStack(directory, product, launcher.slack_s)
    except ContainerError as wrong:
        raise BadSetting(f"STACK is 'compose'. {wrong}") from None


class TestBed:
    """Everything that outlives a test. Started when the first scenario needs it; `close` ends it all."""

    expected: tuple[type[Exception], ...] = EXPECTED_TROUBLE
    unreachable: tuple[type[Exception], ...] = (
        AgentUnreachable,
        RecorderError,
        ServerGone,
        ServerUnreachable,
    )

    def __init__(self, settings: Settings, evidence: EvidenceFolder) -> None:
        settings.check()
        product = find(settings[SYSTEM])
        _check_toxiproxy(settings[TOXIPROXY_URL])
        self.settings, self.evidence = settings, evidence
        self.scale = settings[TIME_SCALE]
        seed = settings[SEED]
        self.seed = random.SystemRandom().randrange(2**31) if seed is None else seed
        self.clock = MonotonicClock()
        self._prober = SocketProber(self.clock.now)
        with contextlib.ExitStack() as opened:  # what was opened before something fails is closed again
            self.directory = opened.enter_context(OwnedDirectory.create())
            warm = (*MODULES, *product.entry_modules)
            slack_s = settings[SLACK]
            self.launcher = opened.enter_context(
                Launcher.start(self.directory.path, warm=warm, slack_s=slack_s or 0.0)
            )
            self._recorder_process = self.launcher.spawn(
                "recorder", "syncproof.evidence.recorder.main:run", {"directory": str(self.directory.path)}
            )
            self.recorder = opened.enter_context(RecorderClient(str(self._recorder_process.ready["socket"])))
            self.stack = _stack(settings, product, self.launcher, self.directory.path, self.seed)
            self.system: Driver = drive(product, self.stack, self.scale, settings[DEFECT], options(settings))
            self.system.secret = settings[SERVER_SECRET] or self.system.secret
            self.system.require()
            self._count = 0
            said = about.ask(self.system, settings[STACK], lambda: self.fresh_directory("described"))
            self._opened = opened.pop_all()
        self.profile: Profile = profile_of(product, about.capabilities(said, self.system))
        self._network = NETWORKS[settings[NETWORK]]
        self.slack_s = (self.profile.slack_s if slack_s is None else slack_s) + self._network.slack_s
        self.servers = Servers(self.system, self._linked, self.fresh_directory)
        self.devices = ProcessDevices(
            self.system,
            self.stack,
            self.servers,
            said.capabilities,
            settings[STACK],
            self.link,
            self.link_devices,
            self.fresh_directory,
            self.fresh_identity,
            {platform: settings[url] for platform, url in PLATFORM_AGENTS.items()},
        )
        self._closed_logs: set[Path] = set()
        #: In every name: a server that outlasts runs keeps them, and process ids come again.
        self._token = secrets.token_hex(4)

    def prepare(self, tags: Container[str], defects: tuple[str, ...] = (), seed: int | None = None) -> None:
        """Be as a test's tags ask: `unscaled` runs at scale 1, `kernel` gets devices whose packets can be lost.

        `disk` gives every program a small disk. defects: what the test's system is broken with. seed: of
        the test, None for that of the test before. Raises PacketsUnavailable where packets cannot be lost and
        DisksUnavailable where there are no such disks: such a test is skipped.
        """
        if defects != self.system.defects:
            self.close_suite()
            self.servers.stop()  # whatever it lasts for: it is broken otherwise, or not at all
            self.system.defects = defects
        if seed is not None and seed != self.seed:
            self.close_suite()  # its Toxiproxy draws by the seed that it was started with
            self.seed = seed
            self.stack.use_seed(seed)
        self.servers.configure({})
        self.devices.use_clients({})
        self.devices.use_platforms({})
        scale = 1.0 if "unscaled" in tags else self.settings[TIME_SCALE]
        if scale != self.scale:
            self.close_suite()  # a server of this suite file keeps the intervals that it was started with
            self.scale = scale
            self.system.rescale(scale)
        self.stack.use_packets("kernel" in tags)
        self.stack.use_disks("disk" in tags)

    @property
    def server(self) -> Server:
        """The server that devices sync through; started when it is first asked for."""
        return self.servers.first.server

    @property
    def toxiproxy(self) -> Client:
        """The Toxiproxy of this suite file: the one that the run names, else one of the stack's own."""
        return self.stack.toxiproxy

    def close_suite(self) -> None:
        """End what belongs to one suite file."""
        if self.system.server_lasts == "file":
            self.servers.stop()
        self.stack.close_suite()
        self._closed_logs.update(self.directory.path.glob("*.log"))

    def close(self) -> None:
        """End everything and remove the temporary directory."""
        with self._opened, contextlib.closing(self.stack):
            self.servers.stop()
            self.close_suite()

    def link(self, device: str, server: ServerNode) -> ProxiedLink:
        """A fresh proxied link of a device to a server, on the network that the run asks for."""
        return self._on_network(self._linked(device, server.server, server.name, devices=(device,)))

    def link_devices(
        self, device: str, other: str, address: str, request: Callable[[int], Exchange]
    ) -> ProxiedLink:
        """A fresh proxied link of a device to another one, on the network that the run asks for."""
        return self._on_network(
            ProxiedLink(
                device,
                self.toxiproxy,
                address,
                request,
                self._prober,
                self.stack.links_host,
                leads_to=other,
                devices=(device, other),
            )
        )

    def _on_network(self, link: ProxiedLink) -> ProxiedLink:
        for toxic in self._network.downstream.toxics(self.scale):
            link.add(toxic, stream="downstream")
        for toxic in self._network.upstream.toxics(self.scale):
            link.add(toxic, stream="upstream")
        return link

    def _linked(self, node: str, server: Server, name: str, devices: tuple[str, ...] = ()) -> ProxiedLink:
        return ProxiedLink(
            node,
            self.toxiproxy,
            server.address,
            server.probe_request,
            self._prober,
            self.stack.links_host,
            leads_to=name,
            devices=devices,
        )

    def run_command(self, name: str, argv: Sequence[str], env: Mapping[str, str]) -> Program:
        """Start a program of the product by its command, as it is broken just now."""
        if self.system.defects and list(argv[1:2]) == ["-m"]:
            broken = ("syncproof_defects.broken", ",".join(self.system.defects))
            argv = (*argv[:2], *broken, *argv[2:])
        return self.stack.run(name, argv, Path.cwd(), env)

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
        return f"{slug(title)[-40:].strip('-')}-{self._token}-{self._count}"  # a command line takes `-x` for an option

    def claim_history(self, title: str) -> Attempt:
        """A file for the evidence of one attempt of a test, which is nobody else's."""
        try:
            return self.evidence.claim(title)
        except OSError as wrong:
            raise RecorderError(
                f"The evidence cannot be written: {wrong.strerror}: {wrong.filename or self.evidence.directory}. "
                "Name another output folder with --outputdir."
            ) from None

    def evidence_link(self, history: Path) -> str:
        """Where a history is, relative to the log (in the end: pabot merges the logs of its processes)."""
        return self.evidence.link(history)

    def header(self, title: str, attempt: int) -> records.Header:
        """What the history says of the run."""
        return records.Header(
            schema=1,
            run=self.evidence.run,
            process=self.evidence.process,
            attempt=attempt,
            test=title,
            seed=self.seed,
            system=self.system.name,
            stack=self.settings[STACK],
            scale=self.scale,
            boot_id=boot_id(),
            server=self.system.manifest.first_server,
            versions={"toxiproxy": self.toxiproxy.engine(), **self.stack.versions},
        )

    def ran_on(self) -> str:
        """What was tested, where, and with which settings, in one line for a report: all that it was told or took."""
        settings = self.settings
        parts = [
            self.toxiproxy.engine(),
            *(f"{name} {version}" for name, version in self.stack.versions.items()),
        ]
        took = {NETWORK: settings[NETWORK], TIME_SCALE: settings[TIME_SCALE]} | settings.given
        took = {each: value for each, value in took.items() if each not in (SYSTEM, STACK)}
        took |= {SLACK: self.slack_s, SEED: self.seed}
        told = [f"{each.name} {each.shown(took[each])}" for each in DECLARED if each in took]
        product = f"{self.system.name} {self.system.version}".strip()
        return ", ".join([f"{product} on {settings[STACK]} ({', '.join(parts)})", *told])

    def logs(self) -> list[Path]:
        """What everything that ran in this suite file has written, up to now."""
        for node in self.servers.started.values():
            _ = node.server.process.log  # asking makes the copy of what is in a container
        return sorted(set(self.directory.path.glob("*.log")) - self._closed_logs)

    def keep_logs(self, folder: Path, nodes: Sequence[DeviceNode]) -> None:
        """Copy what every process has logged beside the evidence of a failed test.

        A disk that is full has been told of already, by what could not be recorded.
        """
        programs = [*self.stack.own_programs(), *((node.name, node.process) for node in nodes)]
        programs += [(node.name, node.server.process) for node in self.servers.started.values()]
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            for name, program in programs:
                shutil.copyfile(program.log, folder / f"{slug(name)}.log")

    def check_alive(self, nodes: Sequence[DeviceNode], servers: Sequence[ServerNode]) -> None:
        """Raises AssertionError for a process that ended though nobody ended it.

        nodes, servers: those that must run.
        """
        running: list[tuple[str, Program | None]] = [
            ("The recorder", self._recorder_process),
            *self.stack.own_programs(),
            *((f"The {node.name}", node.server.process) for node in servers),
            *((node.name, node.process) for node in nodes),
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

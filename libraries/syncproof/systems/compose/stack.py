"""Makes and removes the containers and networks of a run."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx

from syncproof.faults.containers import network, ownership
from syncproof.faults.containers.container import Container
from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.errors import ContainerError, NoEngine, NotHealthy
from syncproof.faults.containers.telling import told
from syncproof.faults.packets.errors import PacketsUnavailable
from syncproof.faults.packets.namespace import PacketPath
from syncproof.faults.packets.sidecar import Sidecars
from syncproof.faults.toxiproxy.client import Client, ServerUnreachable
from syncproof.kernel.host import Configuration, Disk, FileLimit, ProcessorTime, Program, Role, as_json
from syncproof.kernel.trouble import DisksUnavailable
from syncproof.systems.compose.cable import ContainerCable
from syncproof.systems.compose.program import ContainerProgram
from syncproof.systems.compose.services import Service, Services
from syncproof.systems.compose.storage import DATA, ContainerStorage
from syncproof.systems.errors import SystemNotThere
from syncproof.systems.manifest import ComposePart, Manifest
from syncproof.systems.products import FOLDER

#: The file of a program's configuration, in its container.
_READS = ComposePart("", "").server_reads
_READY_S = 60.0
_POLL_S = 0.02


class ComposeStack:
    """One per run. Networks, relay and Toxiproxy live for a suite file, a device for its test, a homeserver for all.

    logs: the folder for logs that somebody asks for. product: whose programs it will be asked for. slack_s: see
    `Stack`. Raises SystemNotThere for a product without services, and ContainerError, in one message, where the stack
    cannot work: no engine, no compose, no image.
    """

    suspends_by = "docker pause"
    executes = False

    def __init__(self, logs: Path, product: Manifest, slack_s: float = 0.0) -> None:
        if why := _refusal(product):
            raise SystemNotThere(f"STACK is 'compose', and {product.name} {why}: it runs on STACK embedded.")
        assert product.compose is not None
        self.slack_s = slack_s
        self._logs, self._compose, self._server_lasts = logs, product.compose, product.lasts == "run"
        with contextlib.ExitStack() as opened:
            self._engine = opened.enter_context(Engine.connect())
            if not self._engine.local:
                raise NoEngine(
                    f"The engine at {self._engine.where} is not on this machine: the harness reaches containers by "
                    "their addresses. Use a local one."
                )
            ownership.sweep(self._engine)
            services = (self._compose.server, self._compose.agent)
            self._services = Services(self._engine, product.folder, services)
            self.versions = {"docker": self._engine.version(), **self._services.versions(services)}
            self._opened = opened.pop_all()
        self._prefix = f"syncproof-{os.getpid()}-{ownership.labels()[ownership.START]}"
        self._count = itertools.count(1)
        self._networks: dict[str, str] = {}
        self._programs: dict[str, Container] = {}
        #: Those that outlast a suite file, and the networks that they are on.
        self._lasting: set[str] = set()
        self._toxiproxy: Client | None = None
        self._toxiproxy_program: ContainerProgram | None = None
        self._sidecars = Sidecars(self._engine)
        self._netadmin = ""

    @property
    def toxiproxy(self) -> Client:
        if self._toxiproxy is None:
            service = self._services.service("toxiproxy")
            # Started without the proxies of the stack that is started by hand.
            container = self._make("toxiproxy", service, service.command[:1])
            container.start()
            client = Client(f"http://{container.published(service.port)}")
            self._until(container, lambda: _answers(client))
            self._toxiproxy_program = ContainerProgram(container, "toxiproxy", {}, self._logs)
            self._toxiproxy = client
        return self._toxiproxy

    @property
    def links_host(self) -> str:
        """On the address of the Toxiproxy among the devices: the host reaches that one too."""
        _ = self.toxiproxy
        assert self._toxiproxy_program is not None
        return self._toxiproxy_program.container.address(self._network("link"))

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
    ) -> ContainerProgram:
        if role == "other":
            raise SystemNotThere(
                f"STACK is 'compose', and '{name}' has no container there: use STACK:embedded."
            )
        compose, is_device = self._compose, role == "agent"
        service = self._services.service(compose.agent if is_device else compose.server)
        service = service.with_defects(defects, self._services.product)
        if role == "man_in_the_middle":  # it stands where a server stands, and answers like the one behind it
            service = service.running(entry.rpartition(".")[0])
        asks = "/about" if is_device else compose.ready
        key = str(config["directory"])
        if key not in self._programs:
            self._programs[key] = self._make(name, service, service.command)
            if role == "server":
                self._keep(key, service)
        container = self._programs[key]
        inside = {**config, "directory": DATA, "host": "0.0.0.0", "port": service.port}
        container.put_text(configuration(inside), compose.server_reads if role == "server" else _READS)
        container.start()
        published = container.published(service.port)
        with httpx.Client(timeout=2.0, trust_env=False, verify=False) as http:
            self._until(container, lambda: _serves(http, f"http://{published}{asks}"), ready_within_s)
        host, _, port = published.rpartition(":")
        if not is_device:  # the Toxiproxy has to reach it as well
            host, port = container.address(self._network("core")), str(service.port)
            self._require_reachable(f"http://{host}:{port}{asks}")
        return ContainerProgram(container, name, {"host": host, "port": int(port)}, self._logs)

    def _keep(self, key: str, service: Service) -> None:
        """A server starts with the files that its folder on this machine has; it may have to last for the run."""
        if Path(key).is_dir() and any(Path(key).iterdir()):
            self._programs[key].copy_in(Path(key), DATA)
        if self._server_lasts:
            self._lasting |= {key, *service.networks}

    def run(
        self, name: str, argv: Sequence[str], folder: Path, env: Mapping[str, str], *, role: Role = "other"
    ) -> ContainerProgram:
        del argv, folder, env, role
        raise SystemNotThere(f"STACK is 'compose', and '{name}' is started by a command: use STACK:embedded.")

    def use_packets(self, wanted: bool) -> None:
        if wanted and not self._netadmin:
            try:
                self._netadmin = self._services.netadmin(self._engine)
            except ContainerError as wrong:
                raise PacketsUnavailable(f"Packets cannot be lost here: {wrong}") from None

    def use_seed(self, seed: int) -> None:
        del seed  # its Toxiproxy is the real one, which draws as it likes

    def use_disks(self, wanted: bool) -> None:
        if wanted:
            raise DisksUnavailable(
                "STACK is 'compose', and disks cannot be made full in containers yet: use STACK:embedded."
            )

    def disk(self, directory: Path) -> Disk:
        raise DisksUnavailable(
            f"What keeps its data in {directory} is in a container without a disk of its own."
        )

    def file_limit(self, program: Program) -> FileLimit:
        raise DisksUnavailable(f"Nobody here may limit the files of '{program.name}': it is in a container.")

    def reached_as(self, program: Program, address: str) -> str:  # noqa: ARG002
        return address

    def packet_path(self, program: Program) -> PacketPath:
        if not self._netadmin:
            raise PacketsUnavailable(f"Nobody has asked for the packets of '{program.name}'.")
        _ = self.toxiproxy
        assert self._toxiproxy_program is not None
        near, far = _ours(program).container, self._toxiproxy_program.container
        return self._sidecars.path(program.name, near, far, self._network("link"), self._netadmin)

    def discard(self, program: Program) -> None:
        _ = program.log  # the copy is all that is left of it, for whoever looks into a failed test
        container = _ours(program).container
        self._sidecars.leave(container)
        container.remove()
        self._programs = {key: each for key, each in self._programs.items() if each is not container}

    def cable(self, program: Program) -> ContainerCable:
        def stranger() -> Container:
            service = self._services.service(self._compose.agent)
            # On the link's network alone; it has nothing to say, and no port.
            made = self._engine.create(
                f"{self._prefix}-{next(self._count)}-stranger",
                service.image,
                ["sleep", "infinity"],
                labels=ownership.labels(),
                network=self._network("link"),
                cap_drop=service.options["cap_drop"],
                security_opt=service.options["security_opt"],
            )
            made.start()
            return made

        return ContainerCable(self._engine, _ours(program).container, self._network("link"), stranger)

    def reset_peak(self, program: Program) -> int:
        return _ours(program).reset_peak()

    def peak_bytes(self, program: Program) -> int:
        return _ours(program).peak_bytes()

    def processor_time(self, program: Program) -> ProcessorTime:
        return _ours(program).processor_time()

    def descriptors(self, program: Program) -> int:
        return _ours(program).descriptors()

    def storage(self, program: Program, directory: Path) -> ContainerStorage:  # noqa: ARG002
        return ContainerStorage(_ours(program).container)

    def own_programs(self) -> list[tuple[str, Program]]:
        return [] if self._toxiproxy_program is None else [("The Toxiproxy", self._toxiproxy_program)]

    def close_suite(self) -> None:
        containers = [made for key, made in self._programs.items() if key not in self._lasting]
        networks = [made for name, made in self._networks.items() if name not in self._lasting]
        if self._toxiproxy_program is not None:
            containers.append(self._toxiproxy_program.container)
        with contextlib.ExitStack() as closing:  # all of them, also when one cannot be removed
            closing.callback(self._sidecars.close)
            closing.callback(
                _at_once,
                [partial(ownership.remove_network, self._engine, name) for name in networks],
            )
            closing.callback(_at_once, [container.remove for container in containers])
            if self._toxiproxy is not None:
                closing.callback(self._toxiproxy.close)
        self._networks = {name: made for name, made in self._networks.items() if name in self._lasting}
        self._programs = {key: made for key, made in self._programs.items() if key in self._lasting}
        self._toxiproxy = self._toxiproxy_program = None

    def close(self) -> None:
        with self._opened:
            self._lasting.clear()
            self.close_suite()
            # What was made and could not be started.
            _at_once([container.remove for container in ownership.owned(self._engine)])

    def _make(self, name: str, service: Service, command: Sequence[str]) -> Container:
        """A container of a service on its networks, not started."""
        first, *others = [self._network(each) for each in service.networks]
        made = self._engine.create(
            f"{self._prefix}-{next(self._count)}-{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}",
            service.image,
            command,
            labels=ownership.labels(),
            network=first,
            **service.options,
        )
        for other in others:
            with told(f"connect '{made.name}' to the network '{other}'"):
                network.find(self._engine, other).connect(made.id)
        return made

    def _network(self, name: str) -> str:
        """The network of this suite file; made when it is first asked for."""
        if name not in self._networks:
            full = f"{self._prefix}-{next(self._count)}-{name}"
            given = self._services.networks[name]
            with told(f"make the network '{full}'"):
                self._engine.client.networks.create(
                    full,
                    driver="bridge",
                    internal=bool(given.get("internal")),
                    options=given.get("driver_opts") or {},
                    labels=ownership.labels(),
                )
            self._networks[name] = full
        return self._networks[name]

    @staticmethod
    def _require_reachable(url: str) -> None:
        """Raises ContainerError where the engine runs its containers out of this machine's reach."""
        with httpx.Client(timeout=5.0, trust_env=False, verify=False) as http:
            if not _serves(http, url):
                raise ContainerError(
                    f"The relay is ready, but {url} cannot be reached from here. The harness probes links at the "
                    "addresses of containers, which Docker Desktop and rootless engines hide: use Docker Engine."
                )

    def _until(self, container: Container, ready: Callable[[], bool], at_least_s: float = 0.0) -> None:
        """Raises NotHealthy, with its last words, for a container that ends or does not get ready."""
        within_s = max(_READY_S, at_least_s) + self.slack_s
        until = time.monotonic() + within_s
        while not ready():
            status = container.exit_status()
            if status is not None:
                raise NotHealthy(
                    f"The container '{container.name}' ended (exit status {status}) before it was ready."
                    f"{container.last_words()}"
                )
            if time.monotonic() > until:
                raise NotHealthy(
                    f"The container '{container.name}' was not ready within {within_s:g} s."
                    f"{container.last_words()}"
                )
            time.sleep(_POLL_S)


def _at_once(removals: Sequence[Callable[[], None]]) -> None:
    """All of them side by side: the engine takes a third of a second for each. Raises the first ContainerError."""
    if removals:
        with ThreadPoolExecutor(len(removals)) as pool:
            for removing in [pool.submit(removal) for removal in removals]:
                removing.result()


def _ours(program: Program) -> ContainerProgram:
    assert isinstance(program, ContainerProgram)
    return program


def _serves(http: httpx.Client, url: str) -> bool:
    try:
        return http.get(url).status_code == 200
    except httpx.TransportError:
        return False


def _refusal(product: Manifest) -> str:
    """Why a product cannot run in containers of ours; "" if it can."""
    if product.compose is None:
        return "has no [compose] in its manifest"
    if len(product.nodes) > 1:
        return f"has the nodes {', '.join(product.nodes)}, where [compose] names one server"
    if product.folder.parent != FOLDER:
        return f"stands in {product.folder}, where images are made of the products in {FOLDER} alone"
    return ""


def _answers(client: Client) -> bool:
    try:
        client.version()
    except ServerUnreachable:
        return False
    return True

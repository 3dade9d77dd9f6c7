"""product.toml: what a product consists of, how its programs start, and what the harness must know to judge it.

A product is a folder with this file. A program of it is started by `entry` (a function of ours, forked from the
launcher) or by `command` (any program; `{placeholders}` are filled in), or runs already, at an `address` or `url`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from graphlib import TopologicalSorter
from pathlib import Path

import msgspec

from syncproof.kernel.layout import DEVICES, Layout
from syncproof.kernel.link import Exchange
from syncproof.kernel.quantities import Duration, Size

FILE = "product.toml"
#: What scenarios, evidence and agents call the node that `[server]` describes.
SERVER = "relay"

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
#: Bytes that a reply over HTTP is taken to have: to be asked for more, a product is asked more often.
_REPLY_BYTES = 60
_NONE: Mapping[str, object] = {}
_BACKLOG = re.compile(r"(?P<count>[\d,]+) messages? of (?P<size>.+)")


class ManifestError(Exception):
    """A product.toml cannot be used; the message names the file and the field."""

    #: The message stands for itself: no class name before it in a log.
    ROBOT_SUPPRESS_NAME = True


class Program(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One program of a product.

    entry: `module:function` of ours. command: program and arguments; `./program` is one of the product's folder, in
    which it runs. env: added to the environment; both with `{placeholders}` (`{python}` is the run's own Python).
    ready_within: how long its start may take. settings: of the program, at TIME_SCALE
    1; those that end in `_s` are seconds, and scale.
    """

    entry: str = ""
    command: tuple[str, ...] = ()
    env: dict[str, str] = {}
    ready_within: str = "20 seconds"
    settings: dict[str, int | float] = {}

    def scaled(self, scale: float, changes: Mapping[str, float] | None = None) -> dict[str, float]:
        """The settings under a TIME_SCALE, some of them changed."""
        settings = {**self.settings, **(changes or {})}
        return {name: value * scale if name.endswith("_s") else value for name, value in settings.items()}

    @property
    def ready_within_s(self) -> float:
        """Seconds."""
        return Duration.parse(self.ready_within).seconds


class ProbedProgram(Program, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One that others connect to through links, so that the harness probes it.

    ready: the URL that answers once it can be used. probe: what the harness may send through a link, and `reply` what
    comes back then, where that is not HTTP.
    """

    ready: str = ""
    probe: str = ""
    reply: str = ""

    def ready_url(self, address: str, ports: Mapping[str, object] = _NONE) -> str:
        """The URL that answers at `host:port`. ports: what else of it is asked there, by placeholder."""
        values = {**ports, "port": address.rpartition(":")[2], "address": address}
        return PLACEHOLDER.sub(lambda found: str(values[found[1]]), self.ready)

    def exchange(self, address: str, reply_bytes: int, ports: Mapping[str, object] = _NONE) -> Exchange:
        """As many harmless requests as bring so many bytes from `host:port`."""
        times = max(1, -(-reply_bytes // (len(self.reply.encode()) or _REPLY_BYTES)))
        if self.probe:
            return Exchange(self.probe.encode() * times, times, self.reply.encode())
        path = "/" + self.ready_url(address, ports).partition("://")[2].partition("/")[2]
        request = f"GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n"
        return Exchange(request.encode() * times, times)


class ServerProgram(ProbedProgram, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[server]`: what devices sync through; `[node.NAME]`: another node that is no device.

    address: `host:port` of one that runs already. count: instances of it, which are called NAME-1, NAME-2. ports: names
    of what else it listens on, `admin` is the placeholder `{admin_port}`; links lead to its first one, `{port}`. links:
    names of the nodes that it connects to, each through a proxy of its own, whose `host:port` is the placeholder with
    that name.
    """

    address: str = ""
    count: int = 1
    ports: tuple[str, ...] = ()
    links: tuple[str, ...] = ()

    @property
    def port_names(self) -> tuple[str, ...]:
        """The placeholders of its further ports."""
        return tuple(f"{name}_port" for name in self.ports)


class AgentProgram(ProbedProgram, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[agent]`: the program of one device, which answers the agent protocol.

    urls: of agents that run already. links: names of the nodes that a device connects to, the server by default; of
    several instances each device gets the next one. `devices`: they connect to each other, where `ready` or `probe` is
    answered, at the `host:port` that their agents call `listens`. packages, programs: of Python, and by name, without
    which it does not start. install: the line that installs them, where that is another one than for the product.
    """

    urls: tuple[str, ...] = ()
    links: tuple[str, ...] = (SERVER,)
    packages: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    install: str = ""


class ProfilePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[profile]`: patience and amounts. retry_interval: nothing delivered for so long is quiescence."""

    slack: str = "5 seconds"
    retry_interval: str = "5 seconds"
    large_backlog: str = "1,200 messages of 24 KB"


class LogPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[log]`: prints the server's own log of `{group}`, a JSON object a line: op_id, version, author, digest."""

    command: tuple[str, ...]


class RequiresPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[requires]`: what must be on a machine. programs: by name. packages: Python packages that its agent imports."""

    programs: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


class InstallPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[install]`: what `make` and CI install. apt: Debian's packages.

    pip, server: requirements files beside the manifest, of the agent (into the run's environment) and of the server
    (into one of its own, whose Python is `{python}`).
    """

    apt: tuple[str, ...] = ()
    pip: str = ""
    server: str = ""


class CiPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[ci]`: what CI runs of the suites on this product. include: tags. suites: below `suites` (default: all)."""

    include: tuple[str, ...] = ()
    suites: tuple[str, ...] = ()


class ComposePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[compose]`: the services of its programs, in compose.yaml beside the manifest.

    ready: the path that answers 200 once the server can be used. server_reads: the file of its configuration.
    """

    server: str
    agent: str
    ready: str = "/health"
    server_reads: str = "/etc/syncproof/config.json"


class CommandLinePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[command_line]`: the program with which a person uses a device on a command line, as plan Z, 7.2, has it.

    command: program and arguments (`{python}` is the run's own Python). env: added to the environment; `{address}` and
    `{secret}` in it are those of the server.
    """

    command: tuple[str, ...] = ()
    env: dict[str, str] = {}


class SimulationPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[simulation]`: the program that runs the product's own nodes in virtual time.

    command: program and arguments (`{python}` is the run's own Python); `--peers N --days D --seed S` come behind them.
    It writes what happens to its standard output, a JSON object a line: `at` (virtual seconds), `what`, `peer`.
    """

    command: tuple[str, ...] = ()


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A product. variant: which `[variant.NAME]` it is with, "" for none; folder: where its product.toml lies.

    driver: `file.py:Class` where registration, identities or the server's log need code. lasts: how long its server
    does: `file` (of suites) or `run`, where starting it costs too much. workloads: which of those that not every
    product has it offers; what needs another one is skipped, and no list of skips has to name it. node: further
    nodes, by name; `[server]` is short for `[node.server]`. client: other kinds of agents, by name, which scenarios
    ask for; the settings of `[agent]` are theirs too. requires, install: see there.
    """

    name: str
    agent: AgentProgram
    server: ServerProgram | None = None
    workloads: tuple[str, ...] | None = None
    node: dict[str, ServerProgram] = {}
    client: dict[str, AgentProgram] = {}
    profile: ProfilePart = ProfilePart()
    driver: str = ""
    lasts: str = "file"
    version: tuple[str, ...] = ()
    log: LogPart | None = None
    requires: RequiresPart = RequiresPart()
    install: InstallPart = InstallPart()
    ci: CiPart = CiPart()
    compose: ComposePart | None = None
    command_line: CommandLinePart = CommandLinePart()
    simulation: SimulationPart = SimulationPart()
    variant: str = ""
    folder: Path = Path()

    @property
    def system(self) -> str:
        """What a run calls it: the name, and `-VARIANT` behind it."""
        return f"{self.name}-{self.variant}" if self.variant else self.name

    @property
    def environment(self) -> Path:
        """Where the Python environment of its server is, once it is installed."""
        return Path(sys.prefix) / "products" / self.name

    @property
    def python(self) -> str:
        """What `{python}` means: the interpreter of its own environment, where it has one, else the run's."""
        own = self.environment / "bin" / "python"
        return str(own) if own.exists() else sys.executable

    @property
    def entry_modules(self) -> tuple[str, ...]:
        """What the launcher can import before it forks the product's programs."""
        programs = (*self.described.values(), self.agent)
        return tuple(program.entry.partition(":")[0] for program in programs if program.entry)

    @property
    def described(self) -> dict[str, ServerProgram]:
        """What the nodes are that are no devices, by the names that `links` give them."""
        return {**({SERVER: self.server} if self.server else {}), **self.node}

    @property
    def nodes(self) -> dict[str, ServerProgram]:
        """Each of those nodes by its own name, behind those that it links to: `redis`, `relay-1`, `relay-2`."""
        order = TopologicalSorter({name: program.links for name, program in self.described.items()})
        return {
            each: self.described[name]
            for name in order.static_order()
            for each in instances(name, self.described[name].count)
        }

    @property
    def layout(self) -> Layout:
        """Its nodes beside devices, and which links there are."""
        links: dict[str, tuple[str, ...]] = {}
        for name, program in self.described.items():
            for place, each in enumerate(instances(name, program.count)):
                links[each] = tuple(self.leads_to(link, place) for link in program.links)
        return Layout(
            self.system,
            links,
            self.agent.links if self.described or self.links_devices else (),
            {name: tuple(instances(name, program.count)) for name, program in self.described.items()},
        )

    @property
    def links_devices(self) -> bool:
        """Whether its devices connect to each other."""
        return DEVICES in self.agent.links

    @property
    def links_devices_alone(self) -> bool:
        """Whether it has no node but its devices."""
        return self.links_devices and not self.described

    @property
    def agent_links(self) -> tuple[str, ...]:
        """What each device connects to that is no device."""
        return tuple(name for name in self.agent.links if name != DEVICES)

    def leads_to(self, link: str, place: int) -> str:
        """The node that a link leads to, from the node in this place (from 0) among those that have it."""
        names = instances(link, self.described[link].count)
        return names[place % len(names)]

    @property
    def first_server(self) -> str:
        """The node that devices sync through; of several instances the first, and "" where there is none."""
        links = [name for name in self.agent_links if name in self.described]
        return self.leads_to(links[0], 0) if links else ""

    @property
    def backlog(self) -> tuple[int, int]:
        """A large backlog: messages, and the bytes of each."""
        match = _BACKLOG.fullmatch(self.profile.large_backlog)
        if match is None:
            raise ValueError(
                f"profile.large_backlog is '{self.profile.large_backlog}': write it like '1,000 messages of 10 KB'."
            )
        return int(match["count"].replace(",", "")), Size.parse(match["size"]).bytes


def instances(name: str, count: int) -> list[str]:
    """What the instances of a node are called, for instance `relay-1` and `relay-2`; a single one as the node is."""
    return [name] if count == 1 else [f"{name}-{number}" for number in range(1, count + 1)]

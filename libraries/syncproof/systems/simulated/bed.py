"""Where a scenario runs in virtual time: one product, one test, one process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from syncproof.evidence import records
from syncproof.evidence.folder import Attempt, EvidenceFolder, slug
from syncproof.kernel.agent import AgentError, AgentUnreachable, MalformedReply
from syncproof.kernel.host import Program
from syncproof.kernel.node import DeviceNode, ServerNode
from syncproof.kernel.server import Server, ServerGone
from syncproof.kernel.trouble import ClientUnavailable, DidNotHeal, DisksUnavailable, InvalidScenario
from syncproof.systems.manifest import SERVER
from syncproof.systems.simulated.link import MemoryLink, MemoryProber
from syncproof.systems.simulated.product import Feed, SimulatedDevice, SimulatedProduct, Uplink
from syncproof.systems.simulated.recorder import MemoryRecorder


class VirtualClock:
    """Time passes by letting the product do what is due."""

    def __init__(self, product: SimulatedProduct) -> None:
        self.now, self.wait = product.now, product.run


class SimulatedHost:
    """Programs in memory: there is nothing behind the back of their product that could be reached yet."""

    suspends_by = "virtual time"
    versions: Mapping[str, str] = {}

    def own_programs(self) -> list[tuple[str, Program]]:
        """None: all is in memory."""
        return []

    def discard(self, program: Program) -> None:
        """End it."""
        program.kill()

    def cable(self, program: Program) -> None:
        """None: an uplink in memory has no interface."""

    def reset_peak(self, program: Program) -> int:  # noqa: ARG002
        """Nobody measures it."""
        return 0

    def spawn(self, name: str, *_: object, **__: object) -> NoReturn:
        """Raises InvalidScenario."""
        raise InvalidScenario(f"'{name}' is a program of its own, which cannot run in virtual time.")

    def run(self, name: str, *_: object, **__: object) -> NoReturn:
        """Raises InvalidScenario."""
        raise InvalidScenario(f"'{name}' is a program of its own, which cannot run in virtual time.")

    def peak_bytes(self, program: Program) -> NoReturn:
        """Raises InvalidScenario."""
        raise InvalidScenario(f"'{program.name}' has no memory of its own in virtual time.")

    def processor_time(self, program: Program) -> NoReturn:
        """Raises InvalidScenario."""
        raise InvalidScenario(f"'{program.name}' has no processor time of its own in virtual time.")

    def descriptors(self, program: Program) -> NoReturn:
        """Raises InvalidScenario."""
        raise InvalidScenario(f"'{program.name}' has no descriptors of its own in virtual time.")

    def packet_path(self, program: Program) -> NoReturn:
        """Raises InvalidScenario."""
        raise InvalidScenario(f"'{program.name}' sends no packets in virtual time.")

    def disk(self, directory: Path) -> NoReturn:
        """Raises DisksUnavailable."""
        raise DisksUnavailable(f"Nodes in virtual time have no disk in {directory} that could be full.")

    def file_limit(self, program: Program) -> NoReturn:
        """Raises DisksUnavailable."""
        raise DisksUnavailable(f"'{program.name}' writes no files in virtual time.")

    def storage(self, program: Program, directory: Path) -> NoReturn:
        """Raises InvalidScenario."""
        raise InvalidScenario(f"'{program.name}' has no files in virtual time, so none in {directory}.")


class SimulatedServers:
    """One server, which is there from the beginning."""

    def __init__(self, server: Server) -> None:
        self.first = ServerNode(SERVER, server, {})
        self.nodes = self.started = {SERVER: self.first}

    def configure(self, settings: Mapping[str, float]) -> None:
        """Raises InvalidScenario where there are any: not yet."""
        if settings:
            raise InvalidScenario("The server has no other settings in virtual time yet.")


class SimulatedDevices:
    """See `kernel.bed.Devices`. feeds, uplinks: where the recorder and the prober find those of each device."""

    def __init__(
        self,
        product: SimulatedProduct,
        prober: MemoryProber,
        feeds: dict[str, Feed],
        uplinks: dict[str, Uplink],
    ) -> None:
        self._product, self._prober, self._feeds, self._uplinks = product, prober, feeds, uplinks
        self._devices: dict[str, SimulatedDevice] = {}

    def start(self, name: str, place: int, seed: int, settings: Mapping[str, float]) -> DeviceNode:  # noqa: ARG002
        """Its randomness is drawn from the product's seed."""
        device = self._product.add_device(name, settings)
        self._devices[name] = device
        address = device.agent.url
        self._feeds[address], self._uplinks[address] = device.feed, device.uplink
        link = MemoryLink(name, SERVER, device.uplink, self._prober, address)
        return DeviceNode(name, name, Path(name), device.process, device.agent, {SERVER: link})

    def link(self, node: DeviceNode, other: DeviceNode) -> None:
        """Raises InvalidScenario: not yet."""
        raise InvalidScenario(f"{node.name} cannot be linked to {other.name} in virtual time yet.")

    def listens(self, node: DeviceNode) -> str:
        """Raises InvalidScenario: not yet."""
        raise InvalidScenario(f"{node.name} has no address in virtual time.")

    def meet(self, node: DeviceNode) -> None:
        """It knows its server."""

    def use_clients(self, kinds: Mapping[str, str]) -> None:
        """Raises InvalidScenario where there are any: not yet."""
        if kinds:
            raise InvalidScenario("There is one kind of device in virtual time.")

    def use_platforms(self, platforms: Mapping[str, str]) -> None:
        """Raises ClientUnavailable where there are any."""
        if platforms:
            raise ClientUnavailable("Every device is on this machine in virtual time.")

    def start_again(self, node: DeviceNode, seed: int, settings: Mapping[str, float]) -> None:  # noqa: ARG002
        """The same device, on what was durable."""
        self._devices[node.name].start()

    def require_ours(self, node: DeviceNode) -> None:
        """All of them are."""

    def wipe(self, node: DeviceNode) -> None:
        """Raises InvalidScenario: not yet."""
        raise InvalidScenario(f"{node.name} cannot lose its storage in virtual time yet.")

    def tell_links(self, node: DeviceNode) -> None:
        """It knows them."""

    def discard(self, node: DeviceNode) -> None:
        """End it."""
        if node.process.alive():
            node.process.kill()


class SimulatedBed:
    """See `kernel.bed.Bed`. One for each test, so that a test depends on its seed and on no other test.

    evidence: where the history goes. seed: that the product was made with, for the record.
    """

    scale, slack_s = 1.0, 0.0
    expected: tuple[type[Exception], ...] = (
        AssertionError,
        AgentError,
        AgentUnreachable,
        DidNotHeal,
        MalformedReply,
        ServerGone,
    )
    unreachable: tuple[type[Exception], ...] = (AgentUnreachable, ServerGone)

    def __init__(self, product: SimulatedProduct, evidence: EvidenceFolder, seed: int) -> None:
        feeds: dict[str, Feed] = {}
        uplinks: dict[str, Uplink] = {}
        self.profile, self.server, self.seed, self._evidence = product.profile, product.server, seed, evidence
        self.clock = VirtualClock(product)
        self.recorder = MemoryRecorder(product.now, feeds)
        self.stack = SimulatedHost()
        self.servers = SimulatedServers(product.server)
        self.devices = SimulatedDevices(product, MemoryProber(uplinks, product.now), feeds, uplinks)

    def run_command(self, name: str, *_: object) -> NoReturn:
        """Raises InvalidScenario."""
        self.stack.run(name)

    def fresh_directory(self, name: str) -> Path:
        """A name for it: nothing is written there."""
        return Path(name)

    def fresh_group(self, title: str) -> str:
        """One: there is no other test."""
        return slug(title)[-40:].strip("-")

    def claim_history(self, title: str) -> Attempt:
        """A file for the evidence of one attempt of a test, which is nobody else's."""
        return self._evidence.claim(title)

    def header(self, title: str, attempt: int) -> records.Header:
        """What the history says of the run."""
        return records.Header(
            schema=1,
            run=self._evidence.run,
            process=self._evidence.process,
            attempt=attempt,
            test=title,
            seed=self.seed,
            system=self.profile.system,
            stack="simulated",
            scale=self.scale,
            boot_id="virtual time",
        )

    def evidence_link(self, history: Path) -> str:
        """Where a history is, relative to the log."""
        return self._evidence.link(history)

    def keep_logs(self, folder: Path, nodes: Sequence[DeviceNode]) -> None:
        """Nothing logs."""

    def check_alive(self, nodes: Sequence[DeviceNode], servers: Sequence[ServerNode]) -> None:
        """Nothing ends by itself: what raises in a node raises in the test."""

"""Robot Framework library: packets between containers that are lost, held up by a thin line, or late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from robot.api import logger
from robot.api.deco import keyword, library

from syncproof.faults.containers import ownership
from syncproof.faults.containers.container import Container
from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.errors import ContainerError
from syncproof.faults.containers.netadmin import HOW_TO_GET, IMAGE
from syncproof.faults.containers.partition import Ways
from syncproof.faults.packets.errors import PacketError
from syncproof.faults.packets.faults import PacketDelay, PacketFault, PacketLoss, PacketRate
from syncproof.faults.packets.namespace import End, PacketPath
from syncproof.faults.packets.rules import BurstLoss, Count, RandomLoss
from syncproof.faults.packets.sidecar import Sidecars
from syncproof.kernel.quantities import Duration, Percent, Rate
from syncproof.keywords.pabot_tie import end_with_pabot
from syncproof.systems.clock import MonotonicClock


@library(
    scope="GLOBAL",
    listener="SELF",
    auto_keywords=False,
    converters={kind: kind.parse for kind in (Duration, Percent, Rate)},
)
class PacketsLibrary:
    """Does to the packets of containers what bad networks do: loses them, holds them up, lets them wait.

    Works on any running container of a Docker Engine, by its name or id. A second container of ours goes into the
    network of the first and is administrator there, and nowhere else: nothing of the host is touched, and no root is
    needed. It needs the image ``syncproof/netadmin:local``, which is built with
    ``docker compose -f compose/compose.yaml build netadmin``.

    = Example =

    | *** Settings ***
    | Library    PacketsLibrary
    |
    | *** Test Cases ***
    | The shop is usable over a bad network
    |     Lose Packets    shop-database-1    shop-web-1    10%
    |     Shop Should Answer Within    5 seconds
    |     Packet Faults Should Have Bitten

    = Real packets =

    What is lost is lost below TCP, packet by packet: inside one machine the kernel would pass 64 KB along as one, so
    that the sender is told not to. Packets are dropped where they arrive, so that their sender notices nothing.

    = Faults end with their test =

    passed or failed; what a suite setup does, when the suite ends. What each did is written into the log.

    = Quantities =

    | Duration | ``200 ms``, ``2 seconds`` |
    | Percent | ``10%``, ``0.5%`` |
    | Rate | ``20 KB/s``, ``1.5 MB/s`` (1 KB is 1000 bytes) |

    ``--dryrun`` checks them: a wrong unit fails before anything is touched.
    """

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._sidecars: Sidecars | None = None
        self._now = MonotonicClock().now
        # What is on, for each suite and test that is running; the innermost is the last.
        self._faults: list[list[PacketFault[Any]]] = [[]]

    # Listener

    def start_suite(self, data: Any, result: Any) -> None:  # noqa: ARG002
        """Listener: what the suite's setup breaks ends with the suite."""
        end_with_pabot()
        self._faults.append([])

    def start_test(self, data: Any, result: Any) -> None:  # noqa: ARG002
        """Listener: what the test breaks ends with the test."""
        self._faults.append([])

    def end_test(self, data: Any, result: Any) -> None:  # noqa: ARG002
        """Listener: end what the test began."""
        self._end_innermost()

    def end_suite(self, data: Any, result: Any) -> None:  # noqa: ARG002
        """Listener: end what the suite's setup began."""
        self._end_innermost()

    def close(self) -> None:
        """Listener: the run is over."""
        if self._sidecars is not None:
            self._sidecars.close()
            self._sidecars = None
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    def _end_innermost(self) -> None:
        _end(self._faults.pop(), logger.warn)
        if self._sidecars is not None and not any(self._faults):
            self._sidecars.close()

    # Faults

    @keyword
    def lose_packets(
        self, sender: str, receiver: str, share: Percent, burst: int = 1, ways: Ways = Ways.ONE_WAY
    ) -> None:
        """Let a ``share`` of the packets from one container to another vanish, by chance or ``burst`` in a row.

        With ``both ways`` those from the receiver to the sender as well. ``100%`` one way is a one-way partition:
        connections stand, and no answer comes. Both must run and share a network. Ends with `End Packet Faults` or
        with the test.

        Fails without an engine or the image, for a container that does not run, and for two that share no network.

        Example:
        | Lose Packets    shop-web-1    shop-database-1    10%
        | Lose Packets    shop-web-1    shop-database-1    10%    burst=5    ways=both ways
        """
        if not share.fraction or burst < 1:
            raise PacketError("A loss is of more than 0% of the packets, in bursts of 1 or more.")
        loss = RandomLoss(share.fraction) if burst == 1 else BurstLoss(share.fraction, burst)
        direction = "both" if ways is Ways.BOTH_WAYS else "downstream"
        self._begin(PacketLoss([self._path(sender, receiver)], loss, direction, self._now))

    @keyword
    def limit_packets(self, container: str, rate: Rate, network_name: str = "") -> None:
        """Put a container behind a thin line on one of its networks: so many bytes a second in, and as many out.

        All its connections share the ``rate``, headers included; what does not fit waits, about a second of it, and
        the rest is dropped, as a modem does it. ``network_name`` is needed where it is on several networks. Ends with
        `End Packet Faults` or with the test.

        Example:
        | Limit Packets    shop-database-1    20 KB/s
        """
        if rate.bytes_per_s < 1000:
            raise PacketError(f"A line of {rate} carries no packet in a second: say 1 KB/s or more.")
        paths = [self._near(container, network_name)]
        self._begin(PacketRate(paths, rate.bytes_per_s, "both", self._now))

    @keyword
    def delay_packets(self, container: str, delay: Duration, network_name: str = "") -> None:
        """Let every packet that arrives at a container on one of its networks be late.

        Uses netem where the kernel has it, else a queue in user space. ``network_name`` is needed where the container
        is on several networks. Ends with `End Packet Faults` or with the test.

        Example:
        | Delay Packets    shop-database-1    200 ms
        """
        paths = [self._near(container, network_name)]
        self._begin(PacketDelay(paths, delay.seconds, "downstream", self._now))

    @keyword
    def get_lost_packets(self) -> int:
        """How many packets the losses that are on have dropped so far.

        Example:
        | ${lost} =    Get Lost Packets
        """
        figures = [each for fault in self._on() for each in fault.figures().values()]
        return sum(each.dropped for each in figures if isinstance(each, Count))

    @keyword
    def packet_faults_should_have_bitten(self) -> None:
        """Fail, as inconclusive, unless each fault that is on has dropped, held back or delayed a packet.

        Fails as well when there is none. Say it at the end of a test: what passed without its fault shows nothing.

        Example:
        | Packet Faults Should Have Bitten
        """
        faults = self._on()
        if not faults:
            raise AssertionError("Inconclusive: no packet fault is on.")
        idle = [str(fault) for fault in faults if not fault.bitten()]
        if idle:
            raise AssertionError(f"Inconclusive: the {' and the '.join(idle)} touched no packet.")

    @keyword
    def end_packet_faults(self) -> None:
        """End all packet faults.

        Example:
        | End Packet Faults
        """
        for faults in self._faults:
            _end(faults, _raise)

    def _on(self) -> list[PacketFault[Any]]:
        return [fault for faults in self._faults for fault in faults]

    def _begin(self, fault: PacketFault[Any]) -> None:
        fault.begin()
        self._faults[-1].append(fault)

    # Containers

    @property
    def _docker(self) -> Engine:
        if self._engine is None:
            self._engine = Engine.connect()
            ownership.sweep(self._engine)  # what runs that were killed have left
        return self._engine

    @property
    def _beside(self) -> Sidecars:
        if self._sidecars is None:
            self._docker.require_image(IMAGE, HOW_TO_GET)
            self._sidecars = Sidecars(self._docker)
        return self._sidecars

    def _path(self, sender: str, receiver: str) -> PacketPath:
        far, near = self._docker.container(sender), self._docker.container(receiver)
        shared = [each for each in _networks(near) if each in _networks(far)]
        if not shared:
            raise PacketError(
                f"'{sender}' and '{receiver}' share no network: '{sender}' is on {_listed(_networks(far))}, "
                f"'{receiver}' on {_listed(_networks(near))}."
            )
        return self._beside.path(f"{sender} to {receiver}", near, far, shared[0], IMAGE)

    def _near(self, name: str, network_name: str) -> PacketPath:
        container = self._docker.container(name)
        there = _networks(container)
        if not network_name and len(there) != 1:
            raise PacketError(f"Say which network of '{name}' is meant: it is on {_listed(there)}.")
        sidecar = self._beside.beside(container, IMAGE)
        interface = sidecar.interface(network_name or there[0])
        return PacketPath(name, End(sidecar.namespace, interface, ""), None)


def _networks(container: Container) -> list[str]:
    return sorted(container.inspect()["NetworkSettings"]["Networks"])


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"


def _end(faults: list[PacketFault[Any]], complain: Callable[[str], object]) -> None:
    """End the latest first, all of them, and say what each has done."""
    while faults:
        fault = faults.pop()
        try:
            fault.end()
            logger.info(f"{fault}: {fault.healed()}")
        except (ContainerError, PacketError) as trouble:
            complain(f"The {fault} could not be ended: {trouble}")


def _raise(message: str) -> None:
    raise PacketError(message)

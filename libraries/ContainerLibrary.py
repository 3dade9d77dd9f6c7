"""Robot Framework library: containers that are stopped, killed, frozen, disconnected, partitioned and limited."""

from __future__ import annotations

import shlex
from pathlib import Path

from robot.api import logger
from robot.api.deco import keyword, library

from syncproof.faults.containers import limits, network, ownership
from syncproof.faults.containers.container import Container
from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.errors import ContainerError, WrongState
from syncproof.faults.containers.network import Attachment
from syncproof.faults.containers.partition import Partition, Ways
from syncproof.kernel.quantities import Duration, Size
from syncproof.keywords.undoing import Undo, Undoing

_GRACE = Duration(10.0)
_PATIENCE = Duration(30.0)
#: Not `Size | None`: Robot Framework would say of a wrong unit only that it is neither.
_AS_IT_IS = Size(0)


@library(
    scope="GLOBAL",
    listener="SELF",
    auto_keywords=False,
    converters={kind: kind.parse for kind in (Duration, Size)},
)
class ContainerLibrary(Undoing):
    """Does to containers what the world does to machines: stops, kills, freezes, disconnects, partitions, limits them.

    Works on any container of a Docker Engine, by its name or id: those of ``docker compose``, those of your own
    tests. The engine is the local one or what ``DOCKER_HOST`` names, unless `Connect To Docker` says otherwise.

    = Example =

    | *** Settings ***
    | Library    ContainerLibrary
    |
    | *** Test Cases ***
    | The shop survives a frozen database
    |     Pause Container    shop-database-1
    |     Shop Should Say    Please try again later
    |     Unpause Container    shop-database-1
    |     Wait Until Container Is Healthy    shop-database-1    within=20 seconds
    |     Shop Should Answer

    = Faults end with their test =

    A pause, a disconnected network, a partition and a limit are undone when the test ends, passed or failed; what a
    suite setup does, when the suite ends. A container that a test stopped or killed stays so: starting it again is
    a step of the scenario.

    = Quantities =

    | Duration | ``200 ms``, ``10 seconds``, ``2 minutes`` |
    | Size | ``20 KB``, ``50 MB`` (1 KB is 1000 bytes) |

    ``--dryrun`` checks them: a wrong unit fails before anything is touched.
    """

    def __init__(self) -> None:
        super().__init__()
        self._engine: Engine | None = None
        self._left: dict[tuple[str, str], Attachment] = {}
        self._partitions: list[Partition] = []

    # Listener

    def close(self) -> None:
        """Listener: the run is over."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None

    def take_back(self, undo: Undo) -> None:
        """Undo one thing that was done to a container."""
        try:
            undo()
        except ContainerError as trouble:
            logger.warn(f"What was done to a container could not be undone: {trouble}")

    # Engine

    @keyword
    def connect_to_docker(self, url: str | None = None) -> str:
        """Use the engine at ``url``; without a URL the local one, or what ``DOCKER_HOST`` names. Returns its version.

        Fails, with the reason, if no engine answers. Without this keyword the first one that needs it connects.

        Example:
        | Connect To Docker    tcp://192.168.0.7:2375
        """
        self.close()
        return self._connected(url).version()

    @property
    def _docker(self) -> Engine:
        return self._engine or self._connected()

    def _connected(self, url: str | None = None) -> Engine:
        self._engine = Engine.connect(url)
        ownership.sweep(self._engine)  # what runs that were killed have left
        return self._engine

    def _container(self, name: str) -> Container:
        return self._docker.container(name)

    # Life

    @keyword
    def start_container(self, container: str) -> None:
        """Start a container that was made, stopped or killed. Fails if a port that it publishes is taken.

        Example:
        | Start Container    shop-database-1
        """
        self._container(container).start()

    @keyword
    def stop_container(self, container: str, grace: Duration = _GRACE) -> None:
        """SIGTERM, and SIGKILL if it has not ended within ``grace`` (whole seconds). Returns when it has ended.

        Example:
        | Stop Container    shop-database-1    grace=3 seconds
        """
        self._container(container).stop(grace.seconds)

    @keyword
    def kill_container(self, container: str, signal: str = "SIGKILL") -> None:
        """Send the container's first process a signal; with SIGKILL returns when it has ended.

        Fails if it does not run, or if there is no such signal.

        Example:
        | Kill Container    shop-database-1
        | Kill Container    shop-database-1    signal=SIGHUP
        """
        found = self._container(container)
        found.kill(signal)
        if signal == "SIGKILL":
            found.wait_ended(_PATIENCE.seconds)

    @keyword
    def pause_container(self, container: str) -> None:
        """Freeze all processes of a container; its connections stay open. Ends with the test.

        Example:
        | Pause Container    shop-database-1
        """
        found = self._container(container)
        found.pause()
        self.undo_later(lambda: found.unpause() if _is_paused(found) else None)

    @keyword
    def unpause_container(self, container: str) -> None:
        """Let a frozen container go on. Fails if it is not frozen.

        Example:
        | Unpause Container    shop-database-1
        """
        self._container(container).unpause()

    @keyword
    def restart_container(self, container: str, grace: Duration = _GRACE) -> None:
        """Stop and start a container; a port that the operating system picked may be another afterwards.

        Example:
        | Restart Container    shop-database-1
        """
        self._container(container).restart(grace.seconds)

    @keyword
    def wait_until_container_is_healthy(self, container: str, within: Duration = _PATIENCE) -> None:
        """Wait until the container's own health check passes.

        Fails after ``within``, at once if the container ends or has no health check; the message has the last lines
        of its log.

        Example:
        | Wait Until Container Is Healthy    shop-database-1    within=20 seconds
        """
        self._container(container).wait_healthy(within.seconds)

    @keyword
    def get_container_state(self, container: str) -> str:
        """``created``, ``running``, ``paused``, ``restarting``, ``removing``, ``exited`` or ``dead``.

        Example:
        | ${state} =    Get Container State    shop-database-1
        """
        return self._container(container).state()

    # Networks

    @keyword
    def disconnect_container(self, container: str, network_name: str) -> str:
        """Take a container off a network, as if its cable were pulled; returns the address that it had there.

        Ends with the test: it comes back with its aliases and, where the network's subnet is configured, its address.

        Example:
        | Disconnect Container    shop-database-1    shop_default
        """
        found = self._container(container)
        was = network.disconnect(self._docker, found, network_name)
        key = (found.id, network_name)
        self._left[key] = was

        def come_back() -> None:
            if self._left.get(key) is was and found.exists():
                del self._left[key]
                network.reconnect(self._docker, found, was)

        self.undo_later(come_back)
        return was.address

    @keyword
    def reconnect_container(self, container: str, network_name: str, address: str | None = None) -> str:
        """Put a container back on a network that `Disconnect Container` took it off; returns its address there.

        It keeps its aliases and its address, or gets the ``address`` given. The engine grants a wish only on networks
        whose subnet is configured: on others the address may be another, and naming one fails.

        Example:
        | Reconnect Container    shop-database-1    shop_default
        | Reconnect Container    shop-database-1    shop_default    address=172.30.0.77
        """
        found = self._container(container)
        was = self._left.get((found.id, network_name))
        if was is None:
            raise WrongState(
                f"The container '{container}' was not disconnected from '{network_name}': "
                "say first 'Disconnect Container'."
            )
        now = network.reconnect(self._docker, found, was, address)
        del self._left[(found.id, network_name)]
        return now

    @keyword
    def partition_containers(self, first: list[str], second: list[str], ways: Ways = Ways.BOTH_WAYS) -> None:
        """Let packets between two groups of containers vanish; with ``one way`` only those from the first group.

        Nobody is told: connections stand, packets are dropped where they arrive, on every network that they share.
        Needs the image ``syncproof/netadmin:local`` (``docker compose -f compose/compose.yaml build netadmin``).
        Ends with `Heal Partitions` or with the test.

        Example:
        | VAR    @{primary}     shop-database-1
        | VAR    @{replicas}    shop-database-2    shop-database-3
        | Partition Containers    ${primary}    ${replicas}
        | Partition Containers    ${primary}    ${replicas}    ways=one way
        """
        partition = Partition(
            self._docker,
            [self._container(each) for each in first],
            [self._container(each) for each in second],
            ways,
        )
        partition.begin()
        self._partitions.append(partition)

        def heal() -> None:
            if partition in self._partitions:
                self._partitions.remove(partition)
                partition.end()

        self.undo_later(heal)

    @keyword
    def get_dropped_packets(self) -> int:
        """How many packets vanished so far in the partitions that stand: the proof that they bit.

        Example:
        | ${dropped} =    Get Dropped Packets
        | Should Be True    ${dropped} > 0
        """
        return sum(partition.dropped() for partition in self._partitions)

    @keyword
    def heal_partitions(self) -> None:
        """End all partitions.

        Example:
        | Heal Partitions
        """
        while self._partitions:
            self._partitions.pop().end()

    # Looking

    @keyword
    def get_container_log(self, container: str, tail: int | None = None) -> str:
        """What a container has written to stdout and stderr, or the last ``tail`` lines of it.

        Example:
        | ${log} =    Get Container Log    shop-database-1    tail=20
        """
        return self._container(container).logs(tail)

    @keyword
    def get_container_usage(self, container: str) -> dict[str, object]:
        """What a container uses: ``memory``, ``memory_limit``, ``received``, ``sent`` (bytes), ``cpu_s``, ``pids``.

        Example:
        | ${usage} =    Get Container Usage    shop-database-1
        | Should Be True    ${usage}[memory] < 200_000_000
        """
        return vars(self._container(container).usage())

    @keyword
    def execute_in_container(self, container: str, command: str, user: str = "") -> dict[str, object]:
        """Run a command in a container; returns its ``status``, ``stdout`` and ``stderr``. Does not fail on a status.

        The command is split as a shell would, but no shell runs it; say ``sh -c '...'`` for one.

        Example:
        | ${answer} =    Execute In Container    shop-database-1    psql --command 'select 1'
        | Should Be Equal As Integers    ${answer}[status]    0
        """
        return vars(self._container(container).run(shlex.split(command), user))

    # Files

    @keyword
    def copy_to_container(self, container: str, source: Path, target: str) -> None:
        """Copy a file or folder to the path ``target`` in a container, running or not.

        Example:
        | Copy To Container    shop-database-1    ${CURDIR}/backup.sql    /tmp/backup.sql
        """
        self._container(container).copy_in(source, target)

    @keyword
    def copy_from_container(self, container: str, source: str, target: Path) -> None:
        """Copy a file or folder of a container to the path ``target`` here.

        Example:
        | Copy From Container    shop-database-1    /var/log/database.log    ${OUTPUT DIR}/database.log
        """
        self._container(container).copy_out(source, target)

    # Limits

    @keyword
    def limit_container(
        self, container: str, memory: Size = _AS_IT_IS, cpus: float | None = None, pids: int | None = None
    ) -> None:
        """Change what a running container may use: memory (swap included), processors (0.5 is half of one), processes.

        What is not named stays. Ends with the test.

        Example:
        | Limit Container    shop-database-1    memory=64 MB    cpus=0.2
        """
        found = self._container(container)
        before = limits.read(found)
        limits.change(self._docker, found, limits.Limits(memory.bytes or None, cpus, pids))

        def undo() -> None:
            if found.exists():
                limits.restore(self._docker, found, before)

        self.undo_later(undo)


def _is_paused(container: Container) -> bool:
    return container.exists() and container.state() == "paused"

"""The network cable of a container."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from syncproof.faults.containers import network
from syncproof.faults.containers.container import Container
from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.errors import ContainerError, WrongState
from syncproof.faults.containers.network import Attachment

_CONNECT = (
    "import socket, sys\n"
    "with socket.create_connection((sys.argv[1], int(sys.argv[2])), 2) as made: print(made.getsockname()[0])"
)


class ContainerCable:
    """Between a container and one network. stranger: makes and starts a container there, which takes the address.

    Without the stranger the engine would give the container its old address again, as it gives the lowest that is free.
    """

    engine = "docker network"

    def __init__(
        self, engine: Engine, container: Container, network_name: str, stranger: Callable[[], Container]
    ) -> None:
        self._engine, self._container, self._network = engine, container, network_name
        self._make_stranger = stranger
        self._stranger: Container | None = None
        self._was: Attachment | None = None
        self._now: str | None = None

    def pull(self) -> None:
        """Take the container off. Raises ContainerError if it is not on it."""
        self._was, self._now = network.disconnect(self._engine, self._container, self._network), None
        self._stranger = self._make_stranger()

    def seen_pulled(self) -> str | None:
        """Its own network namespace says so."""
        assert self._was is not None
        addresses = self._container.run(["cat", "/proc/net/fib_trie"])
        if addresses.status or f"-- {self._was.address}\n" in addresses.stdout:
            return None
        return f"{self._container.name} has no interface with {self._was.address} any more"

    def plug_in(self) -> None:
        """Put it back. Raises WrongState if it got its old address all the same."""
        assert self._was is not None
        now = network.reconnect(self._engine, self._container, self._was)
        if self._stranger is not None:
            with contextlib.suppress(ContainerError):  # it goes with its network at the latest
                self._stranger.remove()
        if now == self._was.address:
            raise WrongState(
                f"The container '{self._container.name}' was to get another address on '{self._network}', and got "
                f"{now} again."
            )
        self._now = now

    def seen_working(self, target: str) -> str | None:
        """A connection that it made from its new address.

        One from another network does not count: an engine lets that pass for a moment, while it changes its rules.
        """
        assert self._was is not None
        host, _, port = target.rpartition(":")
        made = self._container.run(["python", "-c", _CONNECT, host, port])
        if made.status or made.stdout.strip() != self._now:
            return None
        return f"it reached {target} from {self._now} (before: {self._was.address})"

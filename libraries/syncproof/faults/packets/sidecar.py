"""The network namespace of a container, by a container beside it that is administrator there, and nowhere else."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from pathlib import Path

from syncproof.faults.containers.container import Container
from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.errors import ContainerError
from syncproof.faults.containers.netadmin import NetAdmin
from syncproof.faults.packets import delay_queue, rules
from syncproof.faults.packets.errors import PacketError
from syncproof.faults.packets.namespace import End, Namespace, PacketPath, Ran, Served

_READY_S = 10.0
_POLL_S = 0.05


class Sidecar:
    """Stays in the namespace until `end`, and keeps it there should the container end before."""

    def __init__(self, engine: Engine, target: Container, image: str) -> None:
        """Raises WrongState for a container that does not run."""
        self._target = target
        self._process = target.pid()
        self._admin = NetAdmin(engine, target, image)
        self.namespace = Namespace(
            target.name, self._run, self._delay, lambda: self.current, self._admin.promise
        )

    @property
    def current(self) -> bool:
        """Whether this is still the container's namespace: it gets another with each start."""
        return self._target.exists() and self._target.pid() == self._process

    def interface(self, network: str) -> str:
        """The container's interface on a network. Raises UnknownNetwork, PacketError."""
        address = self._target.address(network)
        try:
            return rules.interface_of(self.namespace.run("ip", "-j", "address", "show"), address)
        except ValueError as wrong:
            raise PacketError(f"In the container '{self._target.name}' {wrong}.") from None

    def end(self) -> None:
        """Leave."""
        self._admin.end()

    def _run(self, command: Sequence[str]) -> Ran:
        try:
            output = self._admin.run(command)
        except ContainerError as wrong:
            return Ran(1, str(wrong))
        return Ran(output.status, self._admin.words(output))

    def _delay(self, queue: int, delay_s: float) -> Served:
        source = Path(delay_queue.__file__).read_text()
        container = self._admin.serve(["python3", "-c", source, str(queue), str(delay_s)])
        until = time.monotonic() + _READY_S
        while "ready\n" not in container.logs():
            if container.exit_status() is not None or time.monotonic() > until:
                words = container.last_words()
                container.remove()
                raise PacketError(f"The queue of '{self._target.name}' did not start.{words}")
            time.sleep(_POLL_S)
        return _Queue(container)


class _Queue:
    def __init__(self, container: Container) -> None:
        self._container = container

    def said(self) -> str:
        return self._container.logs()

    def end(self) -> None:
        self._container.remove()


class Sidecars:
    """One for each container that packet faults are put on, made when it is needed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._there: dict[str, Sidecar] = {}

    def beside(self, container: Container, image: str) -> Sidecar:
        """The one of a container, fresh if the container was started again."""
        there = self._there.get(container.id)
        if there is not None and not there.current:
            self.leave(container)
            there = None
        if there is None:
            there = self._there[container.id] = Sidecar(self._engine, container, image)
        return there

    def path(self, owner: str, near: Container, far: Container, network: str, image: str) -> PacketPath:
        """The way between two containers on a network. Raises UnknownNetwork where one is not on it."""
        ends = [
            End(sidecar.namespace, sidecar.interface(network), other.address(network))
            for sidecar, other in ((self.beside(near, image), far), (self.beside(far, image), near))
        ]
        return PacketPath(owner, ends[0], ends[1])

    def leave(self, container: Container) -> None:
        """End the one of a container, if there is one."""
        there = self._there.pop(container.id, None)
        if there is not None:
            there.end()

    def close(self) -> None:
        """End all of them."""
        with contextlib.ExitStack() as closing:
            for sidecar in self._there.values():
                closing.callback(sidecar.end)
        self._there = {}

"""One relay or device in its container, between one start and its end."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from syncproof.faults.containers.container import Container
from syncproof.faults.containers.errors import ContainerError, UnknownContainer, WrongState
from syncproof.kernel.host import ProcessorTime
from syncproof.systems.memory import processor_time

_KERNEL_S = 10.0


class ContainerProgram:
    """Signals go to the container's first process, so that killed and suspended mean what they mean elsewhere.

    name: for people. ready: host and port. logs: the folder that its log is copied into when somebody asks.
    """

    def __init__(self, container: Container, name: str, ready: Mapping[str, object], logs: Path) -> None:
        self.container, self.name, self.ready = container, name, ready
        self._logs = logs
        self.pid = container.pid()
        self._exit_status: int | None = None

    @property
    def log(self) -> Path:
        """A copy of what it has written so far; when its container is gone, the one made before that."""
        path = self._logs / f"{self.container.name}.log"
        with contextlib.suppress(UnknownContainer):
            path.write_text(self.container.logs())
        return path

    def alive(self) -> bool:
        """Has not ended. A suspended one is alive."""
        return self.exit_status() is None

    def exit_status(self) -> int | None:
        """None while it runs, then as in `subprocess`: negative for the signal that ended it."""
        if self._exit_status is None:
            status = self.container.exit_status()
            if status is not None:
                self._exit_status = 128 - status if status > 128 else status
        return self._exit_status

    def kill(self) -> int:
        """SIGKILL; returns when it is gone."""
        if self.alive():
            self.container.kill("SIGKILL")
        return self._wait()

    def stop(self, deadline_s: float = 5.0) -> int:
        """SIGTERM, after deadline_s SIGKILL."""
        if self.alive():
            self.container.stop(deadline_s)
        return self._wait()

    def suspend(self) -> None:
        """Freeze it; returns when it stands still. Raises ContainerError if it has ended."""
        self.container.pause(_KERNEL_S)

    def resume(self) -> None:
        """Let it go on. Raises ContainerError if it is not frozen."""
        self.container.unpause()

    def peak_bytes(self) -> int:
        """The highest resident memory since `reset_peak`."""
        return self._status("VmHWM")

    def processor_time(self) -> ProcessorTime:
        """What it has had since it began."""
        return processor_time(
            self.container.run(["sh", "-c", "cat /proc/1/stat /proc/1/task/*/schedstat"]).stdout
        )

    def descriptors(self) -> int:
        """How many files and connections it has open now."""
        return len(self.container.run(["ls", "/proc/1/fd"]).stdout.split())

    def reset_peak(self) -> int:
        """Let the peak begin again; answers what is resident now."""
        # From within: outside, only the user that it runs as and root may.
        reset = self.container.run(["sh", "-c", "echo 5 > /proc/1/clear_refs"])
        if reset.status:
            raise ContainerError(f"The memory of '{self.name}' cannot be measured: {reset.stderr.strip()}.")
        return self._status("VmRSS")

    def _status(self, field: str) -> int:
        for line in self.container.run(["cat", "/proc/1/status"]).stdout.splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
        raise WrongState(f"'{self.name}' has no {field}: it has ended.")

    def _wait(self) -> int:
        self.container.wait_ended(_KERNEL_S)
        status = self.exit_status()
        assert status is not None
        return status

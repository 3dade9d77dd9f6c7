"""Faults of a process: killed, suspended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from syncproof.kernel.fault import Fault, Stop


class Program(Protocol):
    """A process that can be killed and stopped for real."""

    @property
    def pid(self) -> int: ...
    def alive(self) -> bool: ...
    def kill(self) -> object: ...
    def suspend(self) -> None: ...
    def resume(self) -> None: ...


class Killed(Fault):
    """`kill -9`. It ends by starting the program again, in the same directory.

    program: answers the process (another one after each restart). start: starts it again and waits until it is
    ready, which is the proof that it healed.
    """

    kind = "kill"
    called = "killed process"
    stops = Stop("dead", "killed", "{} starts again after 2 seconds", ends=True)
    engine = "SIGKILL"

    def __init__(
        self,
        target: str,
        relevant_to: tuple[str, ...],
        program: Callable[[], Program],
        start: Callable[[], None],
    ) -> None:
        super().__init__((target,), relevant_to)
        self._program, self._start = program, start
        self._pid = 0

    def begin(self) -> None:
        self._pid = self._program().pid
        self._program().kill()

    def proof(self) -> str | None:
        return None if self._program().alive() else f"process {self._pid} is gone"

    def end(self) -> None:
        self._start()

    def healed(self) -> str | None:
        program = self._program()
        return f"process {program.pid} is ready" if program.alive() else None


class Suspended(Fault):
    """The process stands still, its connections stay open, its clock goes on.

    program: answers the process. engine: what makes it stand still (`SIGSTOP`, `docker pause`).
    """

    kind = "suspend"
    called = "suspended process"
    stops = Stop("standing still", "suspended", "{}'s process is resumed after 2 seconds", ends=False)

    def __init__(
        self, target: str, relevant_to: tuple[str, ...], program: Callable[[], Program], engine: str
    ) -> None:
        super().__init__((target,), relevant_to)
        self._program, self.engine = program, engine
        self._stopped = False

    def begin(self) -> None:
        self._program().suspend()  # returns when the kernel shows it as stopped
        self._stopped = True

    def proof(self) -> str | None:
        return f"process {self._program().pid} is stopped" if self._stopped else None

    def end(self) -> None:
        self._program().resume()
        self._stopped = False

    def healed(self) -> str | None:
        return f"process {self._program().pid} runs" if self._program().alive() else None

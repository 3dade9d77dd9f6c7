"""A running program, as the floors above see it."""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping
from pathlib import Path

from syncproof.processes import procfs
from syncproof.processes.connection import Connection
from syncproof.processes.errors import ProcessError, StillRunning
from syncproof.processes.messages import Await, Signal, Status

#: How long the kernel may take for what it does at once, on a machine that is very busy.
_KERNEL_S = 10.0
_POLL_S = 0.001


class Process:
    """One program, from ready to reaped. Every question goes through the launcher, so a pid that came back as
    another process is never hit.

    name: given to `spawn`. pid. ready: what the program said when it was ready. log: its stdout and stderr.
    """

    def __init__(
        self, connection: Connection, key: int, name: str, pid: int, ready: Mapping[str, object], log: Path
    ) -> None:
        self._connection = connection
        self._key = key
        self._exit_status: int | None = None
        self.name = name
        self.pid = pid
        self.ready = ready
        self.log = log

    def __repr__(self) -> str:
        return f"<Process {self.name} pid {self.pid}>"

    def alive(self) -> bool:
        """Has not ended. A suspended process is alive."""
        return self.exit_status() is None

    def exit_status(self) -> int | None:
        """None while it runs, then as in `subprocess`: negative for the signal that ended it."""
        if self._exit_status is None:
            self._await(0.0)
        return self._exit_status

    def signal(self, number: int) -> None:
        """Send it a signal; nothing happens if it has ended."""
        request = Signal(self._connection.new_id(), self._key, number)
        self._take(self._connection.ask(request, _KERNEL_S))

    def wait(self, deadline_s: float) -> int:
        """Its exit status, once it has ended by itself.

        Raises StillRunning if it has not within deadline_s.
        """
        if self._exit_status is None:
            self._await(deadline_s)
        if self._exit_status is None:
            raise StillRunning(f"'{self.name}' (pid {self.pid}) has not ended within {deadline_s:g} s.")
        return self._exit_status

    def stop(self, deadline_s: float = 5.0) -> int:
        """End it as an operator would: SIGTERM (and SIGCONT, if it is suspended), after deadline_s SIGKILL.

        Returns its exit status: 0 where it ended cleanly, -9 where it had to be killed.
        """
        self.signal(signal.SIGTERM)
        self.signal(signal.SIGCONT)
        try:
            return self.wait(deadline_s)
        except StillRunning:
            return self.kill()

    def kill(self) -> int:
        """`kill -9`; returns when it is gone and was reaped."""
        self.signal(signal.SIGKILL)
        return self.wait(_KERNEL_S)

    def suspend(self) -> None:
        """SIGSTOP; returns when every thread of it stands still. Raises ProcessError if it has ended."""
        self.signal(signal.SIGSTOP)
        self._until_stopped(True)

    def resume(self) -> None:
        """SIGCONT; returns when it goes on. Raises ProcessError if it has ended."""
        self.signal(signal.SIGCONT)
        self._until_stopped(False)

    def _until_stopped(self, wanted: bool) -> None:
        what = "suspended" if wanted else "resumed"
        deadline = time.monotonic() + _KERNEL_S
        while True:
            if not self.alive():
                raise ProcessError(f"'{self.name}' has ended ({self._exit_status}) and cannot be {what}.")
            states = procfs.thread_states(self.pid)
            if states and all((state in "Tt") == wanted for state in states):
                return
            if time.monotonic() > deadline:
                raise StillRunning(
                    f"'{self.name}' (pid {self.pid}) was not {what} in {_KERNEL_S:g} s: {states}"
                )
            time.sleep(_POLL_S)

    def _await(self, within_s: float) -> None:
        request = Await(self._connection.new_id(), self._key, within_s)
        self._take(self._connection.ask(request, within_s + _KERNEL_S))

    def _take(self, answer: object) -> None:
        if not isinstance(answer, Status):
            raise ProcessError(f"The launcher answered something else than a status: {answer!r}")
        self._exit_status = answer.exit_status
